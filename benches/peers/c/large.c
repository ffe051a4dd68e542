/* The large stiff problems: Jacobians in a band where they have one, and times a vector. */
#include "peers.h"
#include <sunmatrix/sunmatrix_band.h>

#define J(i, j) SM_ELEMENT_B(jac, i, j)

/* ---- the Brusselator in a tube, u1 v1 u2 v2 ..., with u = 1 and v = 3 at both ends */

static inline void cell(double g, const double *left, const double *u, const double *right, double *du) {
    const double a = u[0], b = u[1], reaction = a * a * b;
    du[0] = 1.0 + reaction - 4.0 * a + g * (left[0] - 2.0 * a + right[0]);
    du[1] = 3.0 * a - reaction + g * (left[1] - 2.0 * b + right[1]);
}

static void tube(const double *restrict u, double *restrict du) {
    const double g = p[0], end[2] = {1.0, 3.0};
    /* The interior without a branch, so that it is vectorised. */
    for (int i = 2; i < n - 2; i += 2) cell(g, u + i - 2, u + i, u + i + 2, du + i);
    cell(g, end, u, u + 2, du);
    cell(g, u + n - 4, u + n - 2, end, du + n - 2);
}

static void tube_band(const double *u, SUNMatrix jac) {
    const double g = p[0];
    for (int i = 0; i < n; i += 2) {
        const double a = u[i], b = u[i + 1];
        J(i, i) = 2.0 * a * b - 4.0 - 2.0 * g;
        J(i, i + 1) = a * a;
        J(i + 1, i) = 3.0 - 2.0 * a * b;
        J(i + 1, i + 1) = -a * a - 2.0 * g;
        if (i > 0) J(i, i - 2) = J(i + 1, i - 1) = g;
        if (i < n - 2) J(i, i + 2) = J(i + 1, i + 3) = g;
    }
}

static inline void cell_jvp(double g, const double *u, const double *left, const double *v, const double *right,
                            double *y) {
    const double a = u[0], b = u[1], reaction = 2.0 * a * b * v[0] + a * a * v[1];
    y[0] = reaction - 4.0 * v[0] + g * (left[0] - 2.0 * v[0] + right[0]);
    y[1] = 3.0 * v[0] - reaction + g * (left[1] - 2.0 * v[1] + right[1]);
}

static void tube_jvp(const double *restrict u, const double *restrict v, double *restrict y) {
    const double g = p[0], end[2] = {0.0, 0.0};
    for (int i = 2; i < n - 2; i += 2) cell_jvp(g, u + i, v + i - 2, v + i, v + i + 2, y + i);
    cell_jvp(g, u, end, v, v + 2, y);
    cell_jvp(g, u + n - 2, v + n - 4, v + n - 2, end, y + n - 2);
}

/* ---- antibodies that diffuse into a tumour, u1 v1 u2 v2 ... */

/* What stands before a difference and a second difference at a point. */
static void coefficients(int j, double *drift, double *spread) {
    const double cells = n / 2, depth = (j + 1) / cells - 1.0, per_c2 = 1.0 / (p[1] * p[1]);
    *drift = depth * depth * depth * cells * per_c2;
    *spread = depth * depth * depth * depth * cells * cells * per_c2;
}

static void medical_akzo(const double *u, double *du) {
    const int cells = n / 2;
    const double border = time_now < 5.0 ? 2.0 : 0.0, k = p[0];
    for (int j = 0; j < cells; j++) {
        double drift, spread;
        coefficients(j, &drift, &spread);
        const double here = u[2 * j], before = j ? u[2 * j - 2] : border, after = j < cells - 1 ? u[2 * j + 2] : here;
        const double bound = k * here * u[2 * j + 1];
        du[2 * j] = drift * (after - before) + spread * (before - 2.0 * here + after) - bound;
        du[2 * j + 1] = -bound;
    }
}

static void medical_akzo_band(const double *u, SUNMatrix jac) {
    const double k = p[0];
    for (int i = 0; i < n; i += 2) {
        double drift, spread;
        coefficients(i / 2, &drift, &spread);
        const double own = -2.0 * spread + (i < n - 2 ? 0.0 : drift + spread);
        J(i, i) = own - k * u[i + 1];
        J(i, i + 1) = J(i + 1, i + 1) = -k * u[i];
        J(i + 1, i) = -k * u[i + 1];
        if (i > 0) J(i, i - 2) = spread - drift;
        if (i < n - 2) J(i, i + 2) = spread + drift;
    }
}

static void medical_akzo_jvp(const double *u, const double *v, double *y) {
    const double k = p[0];
    for (int i = 0; i < n; i += 2) {
        double drift, spread;
        coefficients(i / 2, &drift, &spread);
        const double here = v[i], before = i > 0 ? v[i - 2] : 0.0, after = i < n - 2 ? v[i + 2] : here;
        const double bound = k * (here * u[i + 1] + u[i] * v[i + 1]);
        y[i] = drift * (after - before) + spread * (before - 2.0 * here + after) - bound;
        y[i + 1] = -bound;
    }
}

/* ---- the Brusselator on a torus, u11 v11 u21 v21 ... */

enum { SIDE = 32 };

static int in_disc(int i, int j) {
    const double x = i / (SIDE - 1.0) - 0.3, y = j / (SIDE - 1.0) - 0.6;
    return x * x + y * y <= 0.01;
}

/* The neighbours of a cell. */
struct around {
    int west, east, south, north;
};

static inline struct around around(int i, int j) {
    const struct around a = {2 * (j * SIDE + (i + SIDE - 1) % SIDE), 2 * (j * SIDE + (i + 1) % SIDE),
                             2 * ((j + SIDE - 1) % SIDE * SIDE + i), 2 * ((j + 1) % SIDE * SIDE + i)};
    return a;
}

static inline double laplacian(const double *u, int at, struct around a, int k) {
    return u[a.west + k] + u[a.east + k] + u[a.south + k] + u[a.north + k] - 4.0 * u[at + k];
}

static inline void torus_cell(double g, const double *u, int at, struct around near, double *du) {
    const double a = u[at], b = u[at + 1], reaction = a * a * b;
    du[at] = 1.0 + reaction - 4.4 * a + g * laplacian(u, at, near, 0);
    du[at + 1] = 3.4 * a - reaction + g * laplacian(u, at, near, 1);
}

static inline void torus_cell_jvp(double g, const double *u, const double *v, int at, struct around near, double *y) {
    const double a = u[at], b = u[at + 1], reaction = 2.0 * a * b * v[at] + a * a * v[at + 1];
    y[at] = reaction - 4.4 * v[at] + g * laplacian(v, at, near, 0);
    y[at + 1] = 3.4 * v[at] - reaction + g * laplacian(v, at, near, 1);
}

/* Both with an interior without a branch, so that it is vectorised. */
static void torus(const double *restrict u, double *restrict du) {
    const double g = p[0] * (SIDE - 1.0) * (SIDE - 1.0), source = time_now < 1.1 ? 0.0 : 5.0;
    for (int j = 0; j < SIDE; j++) {
        const struct around first = around(1, j);
        for (int i = 1; i < SIDE - 1; i++) {
            const int k = 2 * (i - 1);
            const struct around near = {first.west + k, first.east + k, first.south + k, first.north + k};
            torus_cell(g, u, 2 * (j * SIDE + i), near, du);
        }
        torus_cell(g, u, 2 * j * SIDE, around(0, j), du);
        torus_cell(g, u, 2 * (j * SIDE + SIDE - 1), around(SIDE - 1, j), du);
    }
    /* The cells that the disc may reach. */
    for (int j = 0.5 * (SIDE - 1); j <= 0.7 * (SIDE - 1) + 1; j++)
        for (int i = 0.2 * (SIDE - 1); i <= 0.4 * (SIDE - 1) + 1; i++)
            if (in_disc(i, j)) du[2 * (j * SIDE + i)] += source;
}

static void torus_jvp(const double *restrict u, const double *restrict v, double *restrict y) {
    const double g = p[0] * (SIDE - 1.0) * (SIDE - 1.0);
    for (int j = 0; j < SIDE; j++) {
        const struct around first = around(1, j);
        for (int i = 1; i < SIDE - 1; i++) {
            const int k = 2 * (i - 1);
            const struct around near = {first.west + k, first.east + k, first.south + k, first.north + k};
            torus_cell_jvp(g, u, v, 2 * (j * SIDE + i), near, y);
        }
        torus_cell_jvp(g, u, v, 2 * j * SIDE, around(0, j), y);
        torus_cell_jvp(g, u, v, 2 * (j * SIDE + SIDE - 1), around(SIDE - 1, j), y);
    }
}

/* In a file of its own. */
void beam(const double *u, double *du);
void beam_jac(const double *u, double *jac);
void beam_jvp(const double *u, const double *v, double *y);

const struct problem LARGE[] = {
    {"brusselator_1d_n500", 1, 1000, tube, NULL, tube_band, 2, tube_jvp},
    {"medical_akzo", 2, 400, medical_akzo, NULL, medical_akzo_band, 2, medical_akzo_jvp},
    {"beam", 0, 80, beam, beam_jac, NULL, 0, beam_jvp},
    {"brusselator_2d_n32", 1, 2 * SIDE * SIDE, torus, NULL, NULL, 0, torus_jvp},
    {NULL, 0, 0, NULL, NULL, NULL, 0, NULL},
};
