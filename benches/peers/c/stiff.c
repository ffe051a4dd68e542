/* The small stiff problems, with their Jacobians by hand. */
#include "peers.h"

/* Entry of a Jacobian, column by column. */
#define J(i, j) jac[(j) * n + (i)]

static void rober(const double *u, double *du) {
    const double slow = p[0] * u[0], fast = p[2] * u[1] * u[2], pair = p[1] * u[1] * u[1];
    du[0] = fast - slow;
    du[1] = slow - fast - pair;
    du[2] = pair;
}

static void rober_jac(const double *u, double *jac) {
    J(0, 0) = -p[0];
    J(0, 1) = p[2] * u[2];
    J(0, 2) = p[2] * u[1];
    J(1, 0) = p[0];
    J(1, 1) = -p[2] * u[2] - 2.0 * p[1] * u[1];
    J(1, 2) = -p[2] * u[1];
    J(2, 1) = 2.0 * p[1] * u[1];
}

static void vdpol_mu1000(const double *u, double *du) {
    du[0] = u[1];
    du[1] = p[0] * (1.0 - u[0] * u[0]) * u[1] - u[0];
}

static void vdpol_mu1000_jac(const double *u, double *jac) {
    J(0, 1) = 1.0;
    J(1, 0) = -2.0 * p[0] * u[0] * u[1] - 1.0;
    J(1, 1) = p[0] * (1.0 - u[0] * u[0]);
}

static void vdpol_scaled(const double *u, double *du) {
    du[0] = u[1];
    du[1] = ((1.0 - u[0] * u[0]) * u[1] - u[0]) / p[0];
}

static void vdpol_scaled_jac(const double *u, double *jac) {
    J(0, 1) = 1.0;
    J(1, 0) = (-2.0 * u[0] * u[1] - 1.0) / p[0];
    J(1, 1) = (1.0 - u[0] * u[0]) / p[0];
}

static void hires(const double *u, double *du) {
    const double binding = 280.0 * u[5] * u[7];
    du[0] = -1.71 * u[0] + 0.43 * u[1] + 8.32 * u[2] + 0.0007;
    du[1] = 1.71 * u[0] - 8.75 * u[1];
    du[2] = -10.03 * u[2] + 0.43 * u[3] + 0.035 * u[4];
    du[3] = 8.32 * u[1] + 1.71 * u[2] - 1.12 * u[3];
    du[4] = -1.745 * u[4] + 0.43 * u[5] + 0.43 * u[6];
    du[5] = -binding + 0.69 * u[3] + 1.71 * u[4] - 0.43 * u[5] + 0.69 * u[6];
    du[6] = binding - 1.81 * u[6];
    du[7] = -binding + 1.81 * u[6];
}

static void hires_jac(const double *u, double *jac) {
    const double by6 = 280.0 * u[7], by8 = 280.0 * u[5];
    J(0, 0) = -1.71;
    J(0, 1) = 0.43;
    J(0, 2) = 8.32;
    J(1, 0) = 1.71;
    J(1, 1) = -8.75;
    J(2, 2) = -10.03;
    J(2, 3) = 0.43;
    J(2, 4) = 0.035;
    J(3, 1) = 8.32;
    J(3, 2) = 1.71;
    J(3, 3) = -1.12;
    J(4, 4) = -1.745;
    J(4, 5) = 0.43;
    J(4, 6) = 0.43;
    J(5, 3) = 0.69;
    J(5, 4) = 1.71;
    J(5, 5) = -0.43 - by6;
    J(5, 6) = 0.69;
    J(5, 7) = -by8;
    J(6, 5) = by6;
    J(6, 6) = -1.81;
    J(6, 7) = by8;
    J(7, 5) = -by6;
    J(7, 6) = 1.81;
    J(7, 7) = -by8;
}

static void orego(const double *u, double *du) {
    const double s = p[0], q = p[1], w = p[2];
    du[0] = s * (u[1] - u[0] * u[1] + u[0] - q * u[0] * u[0]);
    du[1] = (u[2] - u[1] - u[0] * u[1]) / s;
    du[2] = w * (u[0] - u[2]);
}

static void orego_jac(const double *u, double *jac) {
    const double s = p[0], q = p[1], w = p[2];
    J(0, 0) = s * (1.0 - u[1] - 2.0 * q * u[0]);
    J(0, 1) = s * (1.0 - u[0]);
    J(1, 0) = -u[1] / s;
    J(1, 1) = (-1.0 - u[0]) / s;
    J(1, 2) = 1.0 / s;
    J(2, 0) = w;
    J(2, 2) = -w;
}

static void pyrolysis_e5(const double *u, double *du) {
    const double first = p[0] * u[0], pair = p[1] * u[0] * u[2], late = p[3] * p[2] * u[1] * u[2], back = p[2] * u[3];
    du[0] = -first - pair;
    du[1] = first - late;
    du[2] = first - pair - late + back;
    du[3] = pair - back;
}

static void pyrolysis_e5_jac(const double *u, double *jac) {
    const double a = p[0], b = p[1], c = p[2], mc = p[3] * p[2];
    J(0, 0) = -a - b * u[2];
    J(0, 2) = -b * u[0];
    J(1, 0) = a;
    J(1, 1) = -mc * u[2];
    J(1, 2) = -mc * u[1];
    J(2, 0) = a - b * u[2];
    J(2, 1) = -mc * u[2];
    J(2, 2) = -b * u[0] - mc * u[1];
    J(2, 3) = c;
    J(3, 0) = b * u[2];
    J(3, 2) = b * u[0];
    J(3, 3) = -c;
}

/* In files of their own. */
void pollution(const double *u, double *du);
void pollution_jac(const double *u, double *jac);
void ring_modulator(const double *u, double *du);
void ring_modulator_jac(const double *u, double *jac);

const struct problem STIFF[] = {
    {"rober", 3, 3, rober, rober_jac, NULL, 0, NULL},
    {"vdpol_mu1000", 1, 2, vdpol_mu1000, vdpol_mu1000_jac, NULL, 0, NULL},
    {"vdpol_scaled", 1, 2, vdpol_scaled, vdpol_scaled_jac, NULL, 0, NULL},
    {"hires", 0, 8, hires, hires_jac, NULL, 0, NULL},
    {"orego", 3, 3, orego, orego_jac, NULL, 0, NULL},
    {"pyrolysis_e5", 4, 4, pyrolysis_e5, pyrolysis_e5_jac, NULL, 0, NULL},
    {"pollution", 25, 20, pollution, pollution_jac, NULL, 0, NULL},
    {"ring_modulator", 16, 15, ring_modulator, ring_modulator_jac, NULL, 0, NULL},
    {NULL, 0, 0, NULL, NULL, NULL, 0, NULL},
};
