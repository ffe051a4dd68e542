/* The adjoint of CVODES: back from save time to save time, at each of which the cotangent jumps and the solve starts anew. */
#include "sensitivities.h"
#include <cvodes/cvodes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunlinsol/sunlinsol_spgmr.h>
#include <sunmatrix/sunmatrix_dense.h>
#include <sunnonlinsol/sunnonlinsol_fixedpoint.h>

/* Steps between checkpoints: hardly a solve here has more, so that nothing is solved for twice. */
static const long BETWEEN = 5000;

/* Cotangents so much smaller than the largest have no digits: in units of the loss over those of the states. */
static const double FLOOR = 1e-3;

struct adjoint {
    const struct model *model;
    void *memory;
    SUNNonlinearSolver iteration, iteration_back;
    SUNLinearSolver linear, linear_back;
    SUNMatrix jac, jac_back;
    N_Vector u, lambda, sum, tolerance;
    int steps, which, has_back;
    double rtol;
    double states[MOST_TIMES * MOST_STATES];
};

static int back(sunrealtype t, N_Vector u, N_Vector lambda, N_Vector slope, void *data) {
    (void)t;
    ((const struct model *)data)->by_states(NV_DATA_S(u), NV_DATA_S(lambda), NV_DATA_S(slope));
    N_VScale(-1.0, slope, slope);
    return 0;
}

static int integrand(sunrealtype t, N_Vector u, N_Vector lambda, N_Vector slope, void *data) {
    (void)t;
    ((const struct model *)data)->by_parameters(NV_DATA_S(u), NV_DATA_S(lambda), NV_DATA_S(slope));
    N_VScale(-1.0, slope, slope);
    return 0;
}

static int fill_back(sunrealtype t, N_Vector u, N_Vector lambda, N_Vector slope, SUNMatrix jac, void *data, N_Vector a, N_Vector b,
                     N_Vector c) {
    static double plain[64 * 64];
    (void)t, (void)lambda, (void)slope, (void)a, (void)b, (void)c;
    memset(plain, 0, (size_t)(n * n) * sizeof *plain);
    ((const struct model *)data)->jac(NV_DATA_S(u), plain);
    double *to = SM_DATA_D(jac);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) to[i * n + j] = -plain[j * n + i];
    return 0;
}

static int times_back(N_Vector v, N_Vector y, sunrealtype t, N_Vector u, N_Vector lambda, N_Vector slope, void *data, N_Vector work) {
    (void)lambda, (void)slope, (void)work;
    return back(t, u, v, y, data);
}

struct adjoint *open_adjoint(const struct model *model, const struct way *way, double rtol, double atol) {
    struct adjoint *run = calloc(1, sizeof *run);
    if (!run) return NULL;
    run->model = model;
    run->steps = way->steps;
    run->rtol = rtol;
    run->u = N_VNew_Serial(n, context);
    run->lambda = N_VNew_Serial(n, context);
    run->tolerance = N_VNew_Serial(n, context);
    run->sum = N_VNew_Serial(np, context);
    memcpy(NV_DATA_S(run->u), u0, (size_t)n * sizeof(double));
    run->memory = CVodeCreate(way->steps, context);
    const int bad = !run->memory || CVodeInit(run->memory, right_hand_side, t0, run->u)
                    || CVodeSetUserData(run->memory, (void *)model) || CVodeSStolerances(run->memory, rtol, atol)
                    || CVodeSetMaxNumSteps(run->memory, MOST_STEPS)
                    || solver_of(run->memory, model, way->steps, run->u, &run->iteration, &run->linear, &run->jac)
                    || CVodeAdjInit(run->memory, BETWEEN, way->kind);
    if (!bad) return run;
    close_adjoint(run);
    return NULL;
}

/* The first pass backward makes its memory. */
static int start_back(struct adjoint *run, double t) {
    void *memory = run->memory;
    const int which = run->which;
    if (run->has_back) return CVodeReInitB(memory, which, t, run->lambda) || CVodeQuadReInitB(memory, which, run->sum);
    if (CVodeCreateB(memory, run->steps, &run->which) || CVodeInitB(memory, run->which, back, t, run->lambda)
        || CVodeSetUserDataB(memory, run->which, (void *)run->model)
        || CVodeSVtolerancesB(memory, run->which, run->rtol, run->tolerance)
        || CVodeSetMaxNumStepsB(memory, run->which, MOST_STEPS)
        || CVodeQuadInitB(memory, run->which, integrand, run->sum))
        return 1;
    run->has_back = 1;
    if (run->steps == CV_ADAMS) {
        run->iteration_back = SUNNonlinSol_FixedPoint(run->lambda, 0, context);
        return CVodeSetNonlinearSolverB(memory, run->which, run->iteration_back);
    }
    if (!run->model->jac) {
        run->linear_back = SUNLinSol_SPGMR(run->lambda, SUN_PREC_NONE, 0, context);
        return CVodeSetLinearSolverB(memory, run->which, run->linear_back, NULL)
               || CVodeSetJacTimesB(memory, run->which, NULL, times_back);
    }
    run->jac_back = SUNDenseMatrix(n, n, context);
    run->linear_back = SUNLinSol_Dense(run->lambda, run->jac_back, context);
    return CVodeSetLinearSolverB(memory, run->which, run->linear_back, run->jac_back)
           || CVodeSetJacFnB(memory, run->which, fill_back);
}

int adjoint_gradient(struct adjoint *run, double *gradient) {
    double t, loss = 0.0, sizes[MOST_STATES];
    int checkpoints;
    memcpy(NV_DATA_S(run->u), u0, (size_t)n * sizeof(double));
    for (int j = 0; j < n; j++) sizes[j] = fabs(u0[j]);
    if (CVodeReInit(run->memory, t0, run->u) || CVodeAdjReInit(run->memory) || CVodeSetStopTime(run->memory, t1)) return 1;
    for (int i = 0; i < time_count; i++) {
        if (times[i] != t0 && CVodeF(run->memory, times[i], run->u, &t, CV_NORMAL, &checkpoints) < 0) return 1;
        const double *u = NV_DATA_S(run->u);
        for (int j = 0; j < n; j++) {
            run->states[i * n + j] = u[j];
            sizes[j] = fmax(sizes[j], fabs(u[j]));
            loss += miss(i, j, u[j]) * miss(i, j, u[j]);
        }
    }
    N_VConst(0.0, run->lambda);
    N_VConst(0.0, run->sum);
    for (int j = 0; j < n; j++) {
        const double size = sizes[j] > 0.0 ? sizes[j] : 1.0;
        NV_Ith_S(run->tolerance, j) = FLOOR * run->rtol * loss / size;
    }
    for (int i = time_count - 1; i >= 0 && times[i] != t0; i--) {
        for (int j = 0; j < n; j++) NV_Ith_S(run->lambda, j) += 2.0 * miss(i, j, run->states[i * n + j]);
        const double next = i > 0 ? times[i - 1] : t0;
        if (start_back(run, times[i]) || CVodeB(run->memory, next, CV_NORMAL) < 0
            || CVodeGetB(run->memory, run->which, &t, run->lambda) || CVodeGetQuadB(run->memory, run->which, &t, run->sum))
            return 1;
    }
    memcpy(gradient, NV_DATA_S(run->sum), (size_t)np * sizeof(double));
    return 0;
}

void close_adjoint(struct adjoint *run) {
    if (run->memory) CVodeFree(&run->memory);
    if (run->iteration) SUNNonlinSolFree(run->iteration);
    if (run->iteration_back) SUNNonlinSolFree(run->iteration_back);
    if (run->linear) SUNLinSolFree(run->linear);
    if (run->linear_back) SUNLinSolFree(run->linear_back);
    if (run->jac) SUNMatDestroy(run->jac);
    if (run->jac_back) SUNMatDestroy(run->jac_back);
    N_VDestroy(run->u);
    N_VDestroy(run->lambda);
    N_VDestroy(run->tolerance);
    N_VDestroy(run->sum);
    free(run);
}
