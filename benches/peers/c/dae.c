/* Differential-algebraic problems M u' = f of index 1, and IDA with the exact Jacobian. */
#include "peers.h"
#include <ida/ida.h>
#include <math.h>
#include <nvector/nvector_serial.h>
#include <string.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunmatrix/sunmatrix_dense.h>

/* Entry of a Jacobian, column by column. */
#define J(i, j) jac[(j) * n + (i)]

/* ---- Robertson's reactions with the conservation of mass */

static void rober_dae(const double *u, double *du) {
    const double slow = p[0] * u[0], fast = p[2] * u[1] * u[2];
    du[0] = fast - slow;
    du[1] = slow - fast - p[1] * u[1] * u[1];
    du[2] = u[0] + u[1] + u[2] - 1.0;
}

static void rober_dae_jac(const double *u, double *jac) {
    J(0, 0) = -p[0];
    J(0, 1) = p[2] * u[2];
    J(0, 2) = p[2] * u[1];
    J(1, 0) = p[0];
    J(1, 1) = -p[2] * u[2] - 2.0 * p[1] * u[1];
    J(1, 2) = -p[2] * u[1];
    J(2, 0) = J(2, 1) = J(2, 2) = 1.0;
}

static void rober_dae_mass(const double *v, double *y) {
    y[0] = v[0];
    y[1] = v[1];
    y[2] = 0.0;
}

/* ---- the chemical Akzo Nobel problem: k1 k2 k3 k4 K klA Ks pCO2 H */

static void chemakzo_dae(const double *u, double *du) {
    const double oxygen = sqrt(u[1]), square = u[0] * u[0];
    const double r1 = p[0] * square * square * oxygen, r2 = p[1] * u[2] * u[3], r3 = p[1] / p[4] * u[0] * u[4];
    const double r4 = p[2] * u[0] * u[3] * u[3], r5 = p[3] * u[5] * u[5] * oxygen;
    du[0] = -2.0 * r1 + r2 - r3 - r4;
    du[1] = -0.5 * r1 - r4 - 0.5 * r5 + p[5] * (p[7] / p[8] - u[1]);
    du[2] = r1 - r2 + r3;
    du[3] = -r2 + r3 - 2.0 * r4;
    du[4] = r2 - r3 + r5;
    du[5] = p[6] * u[0] * u[3] - u[5];
}

static void chemakzo_dae_jac(const double *u, double *jac) {
    const double oxygen = sqrt(u[1]), cube = u[0] * u[0] * u[0];
    const double r1_0 = 4.0 * p[0] * cube * oxygen, r1_1 = 0.5 * p[0] * cube * u[0] / oxygen;
    const double r2_2 = p[1] * u[3], r2_3 = p[1] * u[2];
    const double r3_0 = p[1] / p[4] * u[4], r3_4 = p[1] / p[4] * u[0];
    const double r4_0 = p[2] * u[3] * u[3], r4_3 = 2.0 * p[2] * u[0] * u[3];
    const double r5_1 = 0.5 * p[3] * u[5] * u[5] / oxygen, r5_5 = 2.0 * p[3] * u[5] * oxygen;
    J(0, 0) = -2.0 * r1_0 - r3_0 - r4_0;
    J(0, 1) = -2.0 * r1_1;
    J(0, 2) = r2_2;
    J(0, 3) = r2_3 - r4_3;
    J(0, 4) = -r3_4;
    J(1, 0) = -0.5 * r1_0 - r4_0;
    J(1, 1) = -0.5 * r1_1 - 0.5 * r5_1 - p[5];
    J(1, 3) = -r4_3;
    J(1, 5) = -0.5 * r5_5;
    J(2, 0) = r1_0 + r3_0;
    J(2, 1) = r1_1;
    J(2, 2) = -r2_2;
    J(2, 3) = -r2_3;
    J(2, 4) = r3_4;
    J(3, 0) = r3_0 - 2.0 * r4_0;
    J(3, 2) = -r2_2;
    J(3, 3) = -r2_3 - 2.0 * r4_3;
    J(3, 4) = r3_4;
    J(4, 0) = -r3_0;
    J(4, 1) = r5_1;
    J(4, 2) = r2_2;
    J(4, 3) = r2_3;
    J(4, 4) = -r3_4;
    J(4, 5) = r5_5;
    J(5, 0) = p[6] * u[3];
    J(5, 3) = p[6] * u[0];
    J(5, 5) = -1.0;
}

static void chemakzo_dae_mass(const double *v, double *y) {
    memcpy(y, v, 5 * sizeof *y);
    y[5] = 0.0;
}

/* ---- the transistor amplifier */

static double signal_at(double t) { return 0.1 * sin(628.3185307179586 * t); }

static void amplifier(const double *u, double *du) {
    const double first = 1e-6 * expm1((u[1] - u[2]) / 0.026), second = 1e-6 * expm1((u[4] - u[5]) / 0.026);
    du[0] = (u[0] - signal_at(time_now)) / 1000.0;
    du[1] = u[1] / 9000.0 + (u[1] - 6.0) / 9000.0 + 0.01 * first;
    du[2] = u[2] / 9000.0 - first;
    du[3] = (u[3] - 6.0) / 9000.0 + 0.99 * first;
    du[4] = u[4] / 9000.0 + (u[4] - 6.0) / 9000.0 + 0.01 * second;
    du[5] = u[5] / 9000.0 - second;
    du[6] = (u[6] - 6.0) / 9000.0 + 0.99 * second;
    du[7] = u[7] / 9000.0;
}

static void amplifier_jac(const double *u, double *jac) {
    const double first = 1e-6 / 0.026 * exp((u[1] - u[2]) / 0.026), second = 1e-6 / 0.026 * exp((u[4] - u[5]) / 0.026);
    J(0, 0) = 1.0 / 1000.0;
    J(1, 1) = 2.0 / 9000.0 + 0.01 * first;
    J(1, 2) = -0.01 * first;
    J(2, 1) = -first;
    J(2, 2) = 1.0 / 9000.0 + first;
    J(3, 1) = 0.99 * first;
    J(3, 2) = -0.99 * first;
    J(3, 3) = J(5, 5) = J(6, 6) = J(7, 7) = 1.0 / 9000.0;
    J(4, 4) = 2.0 / 9000.0 + 0.01 * second;
    J(4, 5) = -0.01 * second;
    J(5, 4) = -second;
    J(5, 5) += second;
    J(6, 4) = 0.99 * second;
    J(6, 5) = -0.99 * second;
}

static void amplifier_mass(const double *v, double *y) {
    y[0] = 1e-6 * (v[1] - v[0]);
    y[1] = -y[0];
    y[2] = -2e-6 * v[2];
    y[3] = 3e-6 * (v[4] - v[3]);
    y[4] = -y[3];
    y[5] = -4e-6 * v[5];
    y[6] = 5e-6 * (v[7] - v[6]);
    y[7] = -y[6];
}

/* ---- IDA */

const struct problem DAE[] = {
    {"rober_dae", 3, 3, rober_dae, rober_dae_jac, NULL, 0, NULL},
    {"chemakzo_dae", 9, 6, chemakzo_dae, chemakzo_dae_jac, NULL, 0, NULL},
    {"transistor_amplifier", 0, 8, amplifier, amplifier_jac, NULL, 0, NULL},
    {NULL, 0, 0, NULL, NULL, NULL, 0, NULL},
};

enum { STATES = 8 };

/* What M does, and which rows of f make its algebraic equations: those of a pair of rows whose sum has no derivative, or
 * one row twice. */
static const struct algebra {
    void (*mass)(const double *v, double *y);
    int count, rows[3][2];
    /* Derivatives of those equations by time at the start. */
    double by_time[3];
} ALGEBRA[] = {
    {rober_dae_mass, 1, {{2, 2}}, {0.0}},
    {chemakzo_dae_mass, 1, {{5, 5}}, {0.0}},
    {amplifier_mass, 3, {{0, 1}, {3, 4}, {6, 7}}, {-0.1 * 628.3185307179586 / 1000.0, 0.0, 0.0}},
};

static const struct algebra *algebra;
/* M, column by column, and u' at the start. */
static double mass_matrix[STATES * STATES], up0[STATES];

int has_mass(const struct problem *problem) {
    for (const struct problem *one = DAE; one->name; one++)
        if (one == problem) return 1;
    return 0;
}

/* Gaussian elimination with row pivoting; a is row by row. */
static int eliminate(double a[STATES][STATES], double *b) {
    for (int k = 0; k < n; k++) {
        int best = k;
        for (int i = k + 1; i < n; i++)
            if (fabs(a[i][k]) > fabs(a[best][k])) best = i;
        if (a[best][k] == 0.0) return 1;
        for (int j = 0; j < n; j++) {
            const double x = a[k][j];
            a[k][j] = a[best][j], a[best][j] = x;
        }
        const double x = b[k];
        b[k] = b[best], b[best] = x;
        for (int i = k + 1; i < n; i++) {
            const double factor = a[i][k] / a[k][k];
            for (int j = k; j < n; j++) a[i][j] -= factor * a[k][j];
            b[i] -= factor * b[k];
        }
    }
    for (int i = n - 1; i >= 0; i--) {
        for (int j = i + 1; j < n; j++) b[i] -= a[i][j] * b[j];
        b[i] /= a[i][i];
    }
    return 0;
}

/* u' at the start: M u' = f, and in the places of rows without a derivative those of the algebraic equations by time. */
static int start_slopes(const struct problem *problem) {
    double f[STATES], jac[STATES * STATES] = {0.0}, a[STATES][STATES], v[STATES] = {0.0};
    algebra = &ALGEBRA[problem - DAE];
    set_time(t0);
    problem->rhs(u0, f);
    problem->jac(u0, jac);
    for (int j = 0; j < n; j++) {
        v[j] = 1.0;
        algebra->mass(v, mass_matrix + j * n);
        v[j] = 0.0;
    }
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) a[i][j] = mass_matrix[j * n + i];
    for (int k = 0; k < algebra->count; k++) {
        const int *row = algebra->rows[k], place = row[1], twice = row[0] == row[1];
        for (int j = 0; j < n; j++) a[place][j] = J(row[0], j) + (twice ? 0.0 : J(row[1], j));
        f[place] = -algebra->by_time[k];
    }
    memcpy(up0, f, sizeof f);
    return eliminate(a, up0);
}

/* M u' - f */
static int residual(sunrealtype t, N_Vector u, N_Vector up, N_Vector r, void *data) {
    double f[STATES], *out = NV_DATA_S(r);
    set_time(t);
    ((const struct problem *)data)->rhs(NV_DATA_S(u), f);
    algebra->mass(NV_DATA_S(up), out);
    for (int i = 0; i < n; i++) out[i] -= f[i];
    return 0;
}

/* c M - J; IDA hands over a matrix of zeros. */
static int fill(sunrealtype t, sunrealtype c, N_Vector u, N_Vector up, N_Vector r, SUNMatrix matrix, void *data, N_Vector x,
                N_Vector y, N_Vector z) {
    double *out = SM_DATA_D(matrix);
    (void)up, (void)r, (void)x, (void)y, (void)z;
    set_time(t);
    ((const struct problem *)data)->jac(NV_DATA_S(u), out);
    for (int k = 0; k < n * n; k++) out[k] = c * mass_matrix[k] - out[k];
    return 0;
}

static N_Vector slopes;

static int ida_once(const struct solver *solver, N_Vector u) {
    double t;
    memcpy(NV_DATA_S(slopes), up0, (size_t)n * sizeof *up0);
    return IDAReInit(solver->memory, t0, u, slopes) || IDASetStopTime(solver->memory, t1)
           || IDASolve(solver->memory, t1, &t, u, slopes, IDA_NORMAL) < 0;
}

double by_ida(const struct problem *problem, double rtol, double atol, const struct sweep *sweep, long runs, N_Vector u) {
    if (start_slopes(problem)) return -1.0;
    start_over(u);
    slopes = N_VClone(u);
    memcpy(NV_DATA_S(slopes), up0, (size_t)n * sizeof *up0);
    SUNMatrix matrix = SUNDenseMatrix(n, n, context);
    SUNLinearSolver linear = SUNLinSol_Dense(u, matrix, context);
    struct solver solver = {IDACreate(context), NULL};
    const int bad = !solver.memory || IDAInit(solver.memory, residual, t0, u, slopes)
                    || IDASetUserData(solver.memory, (void *)problem) || IDASStolerances(solver.memory, rtol, atol)
                    || IDASetLinearSolver(solver.memory, linear, matrix) || IDASetJacFn(solver.memory, fill)
                    || IDASetMaxNumSteps(solver.memory, 1000000);
    const double seconds = bad ? -1.0 : seconds_of(ida_once, &solver, sweep, runs, u);
    if (solver.memory) IDAFree(&solver.memory);
    SUNLinSolFree(linear);
    SUNMatDestroy(matrix);
    N_VDestroy(slopes);
    return seconds;
}
