/* A circuit that multiplies two signals. */
#include "peers.h"
#include <math.h>

#define J(i, j) jac[(j) * n + (i)]
#define PARAMETERS                                                                                                     \
    const double c = p[0], cs = p[1], cp = p[2], r = p[3], rp = p[4], lh = p[5], ls1 = p[6], ls2 = p[7], ls3 = p[8],   \
                 rg1 = p[9], rg2 = p[10], rg3 = p[11], ri = p[12], rc = p[13], gamma = p[14], delta = p[15]

static const double PI = 3.14159265358979323846;

/* The voltages over the diodes, times delta. */
static void voltages(const double *u, double delta, double *x) {
    const double u2 = 2.0 * sin(20000.0 * PI * time_now);
    x[0] = delta * (u[2] - u[4] - u[6] - u2);
    x[1] = delta * (u[5] - u[3] - u[6] - u2);
    x[2] = delta * (u[3] + u[4] + u[6] + u2);
    x[3] = delta * (u[6] + u2 - u[2] - u[5]);
}

void ring_modulator(const double *u, double *du) {
    PARAMETERS;
    const double u1 = 0.5 * sin(2000.0 * PI * time_now);
    double q[4];
    voltages(u, delta, q);
    for (int i = 0; i < 4; i++) q[i] = gamma * (exp(q[i]) - 1.0);
    du[0] = (u[7] - 0.5 * u[9] + 0.5 * u[10] + u[13] - u[0] / r) / c;
    du[1] = (u[8] - 0.5 * u[11] + 0.5 * u[12] + u[14] - u[1] / r) / c;
    du[2] = (u[9] - q[0] + q[3]) / cs;
    du[3] = (q[1] - u[10] - q[2]) / cs;
    du[4] = (u[11] + q[0] - q[2]) / cs;
    du[5] = (q[3] - u[12] - q[1]) / cs;
    du[6] = (q[0] + q[1] - q[2] - q[3] - u[6] / rp) / cp;
    du[7] = -u[0] / lh;
    du[8] = -u[1] / lh;
    du[9] = (0.5 * u[0] - u[2] - rg2 * u[9]) / ls2;
    du[10] = (u[3] - 0.5 * u[0] - rg3 * u[10]) / ls3;
    du[11] = (0.5 * u[1] - u[4] - rg2 * u[11]) / ls2;
    du[12] = (u[5] - 0.5 * u[1] - rg3 * u[12]) / ls3;
    du[13] = (u1 - u[0] - (ri + rg1) * u[13]) / ls1;
    du[14] = (-u[1] - (rc + rg1) * u[14]) / ls1;
}

void ring_modulator_jac(const double *u, double *jac) {
    PARAMETERS;
    /* Conductances of the diodes. */
    double g[4];
    voltages(u, delta, g);
    for (int i = 0; i < 4; i++) g[i] = gamma * delta * exp(g[i]);
    J(0, 0) = J(1, 1) = -1.0 / (r * c);
    J(0, 7) = J(1, 8) = J(0, 13) = J(1, 14) = 1.0 / c;
    J(0, 9) = J(1, 11) = -0.5 / c;
    J(0, 10) = J(1, 12) = 0.5 / c;
    const double rows[4][5] = {
        {-g[0] - g[3], 0.0, g[0], -g[3], g[0] + g[3]},
        {0.0, -g[1] - g[2], -g[2], g[1], -g[1] - g[2]},
        {g[0], -g[2], -g[0] - g[2], 0.0, -g[0] - g[2]},
        {-g[3], g[1], 0.0, -g[1] - g[3], g[1] + g[3]},
    };
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 5; j++) J(2 + i, 2 + j) = rows[i][j] / cs;
    J(2, 9) = J(4, 11) = 1.0 / cs;
    J(3, 10) = J(5, 12) = -1.0 / cs;
    J(6, 2) = (g[0] + g[3]) / cp;
    J(6, 3) = (-g[1] - g[2]) / cp;
    J(6, 4) = (-g[0] - g[2]) / cp;
    J(6, 5) = (g[1] + g[3]) / cp;
    J(6, 6) = (-g[0] - g[1] - g[2] - g[3] - 1.0 / rp) / cp;
    J(7, 0) = J(8, 1) = -1.0 / lh;
    J(9, 0) = J(11, 1) = 0.5 / ls2;
    J(9, 2) = J(11, 4) = -1.0 / ls2;
    J(9, 9) = J(11, 11) = -rg2 / ls2;
    J(10, 0) = J(12, 1) = -0.5 / ls3;
    J(10, 3) = J(12, 5) = 1.0 / ls3;
    J(10, 10) = J(12, 12) = -rg3 / ls3;
    J(13, 0) = J(14, 1) = -1.0 / ls1;
    J(13, 13) = -(ri + rg1) / ls1;
    J(14, 14) = -(rc + rg1) / ls1;
}
