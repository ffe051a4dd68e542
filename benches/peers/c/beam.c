/* An elastic beam of 40 segments: angles, then velocities. */
#include "peers.h"
#include <math.h>

enum { N = 40 };
static const double N2 = N * N, N4 = (double)N * N * N * N, PI = 3.14159265358979323846;

static double diagonal(int i) { return i == 0 ? 1.0 : i == N - 1 ? 3.0 : 2.0; }

static double bent(const double *x, int i) {
    if (i == 0) return -3.0 * x[0] + x[1];
    if (i == N - 1) return x[N - 2] - x[N - 1];
    return x[i - 1] - 2.0 * x[i] + x[i + 1];
}

/* All with a zero before the first segment and after the last; the derivatives in direction d are in the second rows. */
static double force[2][N + 2], sine[2][N + 2], cosine[2][N + 2], w[2][N + 2], pivot[2][N + 2], quotient[2][N + 2];

/* d is NULL where no derivative is asked for. */
static void evaluate(const double *u, const double *d, double *du) {
    const double load = time_now < PI ? 1.5 * sin(time_now) * sin(time_now) : 0.0;
    const double *omega = u + N;
    for (int i = 0; i < N; i++) {
        const double s = sin(u[i]), c = cos(u[i]);
        force[0][i + 1] = N4 * bent(u, i) + N2 * load * (c + s);
        if (d) force[1][i + 1] = N4 * bent(d, i) + N2 * load * (c - s) * d[i];
    }
    for (int i = 1; i < N; i++) {
        const double difference = u[i] - u[i - 1];
        const double s = sine[0][i] = sin(difference), c = cosine[0][i] = cos(difference);
        if (d) sine[1][i] = c * (d[i] - d[i - 1]), cosine[1][i] = -s * (d[i] - d[i - 1]);
    }
    pivot[0][N + 1] = 1.0;
    /* Segment i is at i + 1; the difference before it at i. */
    for (int i = N - 1; i >= 0; i--) {
        const double *v = force[0] + i + 1, *s = sine[0] + i, *c = cosine[0] + i;
        const double q = quotient[0][i + 1] = -c[1] / pivot[0][i + 2];
        w[0][i + 1] = -s[0] * v[-1] + s[1] * v[1] + omega[i] * omega[i] - w[0][i + 2] * q;
        pivot[0][i + 1] = diagonal(i) + c[1] * q;
        if (!d) continue;
        const double *dv = force[1] + i + 1, *ds = sine[1] + i, *dc = cosine[1] + i;
        const double dq = quotient[1][i + 1] = (-dc[1] - q * pivot[1][i + 2]) / pivot[0][i + 2];
        w[1][i + 1] = -ds[0] * v[-1] - s[0] * dv[-1] + ds[1] * v[1] + s[1] * dv[1] + 2.0 * omega[i] * d[N + i]
                      - w[1][i + 2] * q - w[0][i + 2] * dq;
        pivot[1][i + 1] = dc[1] * q + c[1] * dq;
    }
    for (int i = 0; i < N; i++) {
        w[0][i + 1] = (w[0][i + 1] + cosine[0][i] * w[0][i]) / pivot[0][i + 1];
        if (d)
            w[1][i + 1] = (w[1][i + 1] + cosine[1][i] * w[0][i] + cosine[0][i] * w[1][i] - w[0][i + 1] * pivot[1][i + 1])
                          / pivot[0][i + 1];
    }
    for (int i = 0; i < N; i++) {
        const double *v = force[0] + i + 1, *s = sine[0] + i, *c = cosine[0] + i, *x = w[0] + i + 1;
        const double *dv = force[1] + i + 1, *ds = sine[1] + i, *dc = cosine[1] + i, *dx = w[1] + i + 1;
        du[i] = d ? d[N + i] : omega[i];
        du[N + i] = d ? diagonal(i) * dv[0] - dc[0] * v[-1] - c[0] * dv[-1] - ds[0] * x[-1] - s[0] * dx[-1]
                            - dc[1] * v[1] - c[1] * dv[1] + ds[1] * x[1] + s[1] * dx[1]
                      : diagonal(i) * v[0] - c[0] * v[-1] - s[0] * x[-1] - c[1] * v[1] + s[1] * x[1];
    }
}

void beam(const double *u, double *du) { evaluate(u, NULL, du); }

void beam_jvp(const double *u, const double *v, double *y) { evaluate(u, v, y); }

/* Column by column: the matrix is full where it is not the identity. */
void beam_jac(const double *u, double *jac) {
    for (int j = 0; j < 2 * N; j++) {
        double v[2 * N] = {0.0};
        v[j] = 1.0;
        evaluate(u, v, jac + 2 * N * j);
    }
}
