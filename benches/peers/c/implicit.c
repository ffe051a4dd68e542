/* CVODE's BDF with exact Jacobians: dense, banded, or by GMRES. The memory is made once for each request and reinitialised
 * for each run. */
#include "peers.h"
#include <cvode/cvode.h>
#include <math.h>
#include <nvector/nvector_serial.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunlinsol/sunlinsol_band.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunlinsol/sunlinsol_spgmr.h>
#include <sunmatrix/sunmatrix_band.h>
#include <sunmatrix/sunmatrix_dense.h>

/* A solve that needs more is hopeless. */
static const long MOST_STEPS = 1000000;

const char *const IMPLICIT[] = {"BDF", "BDF-GMRES", "IDA", NULL};

/* CVODE hands over a matrix of zeros. */
static int fill(sunrealtype t, N_Vector u, N_Vector fu, SUNMatrix jac, void *data, N_Vector a, N_Vector b, N_Vector c) {
    const struct problem *problem = data;
    (void)fu, (void)a, (void)b, (void)c;
    set_time(t);
    if (problem->jac) problem->jac(NV_DATA_S(u), SM_DATA_D(jac));
    else problem->band(NV_DATA_S(u), jac);
    return 0;
}

static int times(N_Vector v, N_Vector y, sunrealtype t, N_Vector u, N_Vector fu, void *data, N_Vector work) {
    (void)fu, (void)work;
    set_time(t);
    ((const struct problem *)data)->jvp(NV_DATA_S(u), NV_DATA_S(v), NV_DATA_S(y));
    return 0;
}

static SUNMatrix matrix_for(const struct problem *problem) {
    if (problem->jac) return SUNDenseMatrix(n, n, context);
    return SUNBandMatrix(n, problem->width, problem->width, context);
}

double by_implicit(const char *method, const struct problem *problem, double rtol, double atol,
                   const struct sweep *sweep, long runs, N_Vector u) {
    if (has_mass(problem) != !strcmp(method, "IDA")) return NAN;
    if (has_mass(problem)) return by_ida(problem, rtol, atol, sweep, runs, u);
    const int direct = !strcmp(method, "BDF");
    /* By GMRES only what has no direct solver here. */
    const int matrix = problem->jac || problem->band;
    if (direct ? !matrix : matrix || !problem->jvp) return NAN;
    start_over(u);
    SUNMatrix jac = direct ? matrix_for(problem) : NULL;
    SUNLinearSolver linear = !direct        ? SUNLinSol_SPGMR(u, SUN_PREC_NONE, 0, context)
                             : problem->jac ? SUNLinSol_Dense(u, jac, context)
                                            : SUNLinSol_Band(u, jac, context);
    struct solver solver = {CVodeCreate(CV_BDF, context), NULL};
    const int bad = !solver.memory || !linear || CVodeInit(solver.memory, rhs, t0, u)
                    || CVodeSetUserData(solver.memory, (void *)problem)
                    || CVodeSStolerances(solver.memory, rtol, atol)
                    || CVodeSetLinearSolver(solver.memory, linear, jac)
                    || (direct ? CVodeSetJacFn(solver.memory, fill) : CVodeSetJacTimes(solver.memory, NULL, times))
                    || CVodeSetMaxNumSteps(solver.memory, MOST_STEPS);
    const double seconds = bad ? -1.0 : seconds_of(cvode_once, &solver, sweep, runs, u);
    if (solver.memory) CVodeFree(&solver.memory);
    if (linear) SUNLinSolFree(linear);
    if (jac) SUNMatDestroy(jac);
    return seconds;
}

static const char *separator;

static void entry(long i, long j, double value) {
    if (value == 0.0) return;
    printf("%s[%ld,%ld,%.17g]", separator, i, j, value);
    separator = ",";
}

/* Where there are two forms of one Jacobian they must agree; the products are those that are printed. */
static int agree(double a, double b, double size) { return fabs(a - b) <= 1e-12 * size; }

int print_jacobian(const struct problem *problem, const double *u) {
    if (!problem->jac && !problem->band && !problem->jvp) return 0;
    set_time(t0 + 0.28 * (t1 - t0));
    SUNMatrix jac = problem->jac || problem->band ? matrix_for(problem) : NULL;
    if (jac) SUNMatZero(jac);
    if (problem->jac) problem->jac(u, SM_DATA_D(jac));
    else if (problem->band) problem->band(u, jac);
    static double v[MOST], y[MOST];
    memset(v, 0, sizeof v);
    int same = 1;
    separator = "";
    printf("{\"jac\":[");
    for (int j = 0; j < n; j++) {
        if (problem->jvp) {
            v[j] = 1.0;
            problem->jvp(u, v, y);
            v[j] = 0.0;
        }
        double size = 0.0;
        for (int i = 0; problem->jvp && i < n; i++) size = fmax(size, fabs(y[i]));
        for (int i = 0; i < n; i++) {
            const int inside = problem->jac || (problem->band && abs(i - j) <= problem->width);
            const double value = !inside ? 0.0 : problem->jac ? SM_ELEMENT_D(jac, i, j) : SM_ELEMENT_B(jac, i, j);
            if (jac && problem->jvp) same = same && agree(value, y[i], size);
            entry(i, j, jac ? value : y[i]);
        }
    }
    /* An entry that no Jacobian has. */
    if (!same) printf("%s[%d,%d,1]", separator, n, n);
    printf("]}\n");
    if (jac) SUNMatDestroy(jac);
    return 1;
}
