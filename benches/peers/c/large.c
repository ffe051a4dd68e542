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

static void tube_jvp(const double *u, const double *v, double *y) {
    const double g = p[0];
    for (int i = 0; i < n; i += 2) {
        const double a = u[i], b = u[i + 1], da = v[i], db = v[i + 1], reaction = 2.0 * a * b * da + a * a * db;
        y[i] = reaction - (4.0 + 2.0 * g) * da;
        y[i + 1] = 3.0 * da - reaction - 2.0 * g * db;
        if (i > 0) y[i] += g * v[i - 2], y[i + 1] += g * v[i - 1];
        if (i < n - 2) y[i] += g * v[i + 2], y[i + 1] += g * v[i + 3];
    }
}

const struct problem LARGE[] = {
    {"brusselator_1d_n500", 1, 1000, tube, NULL, tube_band, 2, tube_jvp},
    {NULL, 0, 0, NULL, NULL, NULL, 0, NULL},
};
