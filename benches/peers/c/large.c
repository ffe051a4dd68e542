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

const struct problem LARGE[] = {
    {"brusselator_1d_n500", 1, 1000, tube, NULL, tube_band, 2, tube_jvp},
    {NULL, 0, 0, NULL, NULL, NULL, 0, NULL},
};
