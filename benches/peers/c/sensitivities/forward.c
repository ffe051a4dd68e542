/* Forward sensitivities of CVODES, under error control, with exact right-hand sides. */
#include "sensitivities.h"
#include <cvodes/cvodes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sunnonlinsol/sunnonlinsol_fixedpoint.h>

struct forward {
    const struct model *model;
    void *memory;
    SUNNonlinearSolver iteration, of_sensitivities;
    SUNLinearSolver linear;
    SUNMatrix jac;
    N_Vector u, *s;
    int kind;
    double scales[MOST_PARAMETERS];
};

static int right_hand_side_of_one(int count, sunrealtype t, N_Vector u, N_Vector du, int k, N_Vector s, N_Vector ds, void *data,
                                  N_Vector a, N_Vector b) {
    static double q[MOST_PARAMETERS];
    (void)count, (void)t, (void)du, (void)a, (void)b;
    q[k] = 1.0;
    ((const struct model *)data)->jvp(NV_DATA_S(u), NV_DATA_S(s), q, NV_DATA_S(ds));
    q[k] = 0.0;
    return 0;
}

struct forward *open_forward(const struct model *model, const struct way *way, double rtol, double atol) {
    struct forward *run = calloc(1, sizeof *run);
    if (!run) return NULL;
    run->model = model;
    run->kind = way->kind;
    run->u = N_VNew_Serial(n, context);
    run->s = N_VCloneVectorArray(np, run->u);
    memcpy(NV_DATA_S(run->u), u0, (size_t)n * sizeof(double));
    for (int k = 0; k < np; k++) {
        N_VConst(0.0, run->s[k]);
        run->scales[k] = p[k] == 0.0 ? 1.0 : fabs(p[k]);
    }
    run->memory = CVodeCreate(way->steps, context);
    int bad = !run->memory || CVodeInit(run->memory, right_hand_side, t0, run->u)
              || CVodeSetUserData(run->memory, (void *)model) || CVodeSStolerances(run->memory, rtol, atol)
              || CVodeSetMaxNumSteps(run->memory, MOST_STEPS)
              || solver_of(run->memory, model, way->steps, run->u, &run->iteration, &run->linear, &run->jac)
              || CVodeSensInit1(run->memory, np, way->kind, right_hand_side_of_one, run->s)
              || CVodeSetSensParams(run->memory, NULL, run->scales, NULL) || CVodeSensEEtolerances(run->memory)
              || CVodeSetSensErrCon(run->memory, SUNTRUE);
    if (!bad && way->steps == CV_ADAMS) {
        const int together = way->kind == CV_SIMULTANEOUS;
        run->of_sensitivities = SUNNonlinSol_FixedPointSens(together ? np + 1 : np, run->u, 0, context);
        bad = together ? CVodeSetNonlinearSolverSensSim(run->memory, run->of_sensitivities)
                       : CVodeSetNonlinearSolverSensStg(run->memory, run->of_sensitivities);
    }
    if (!bad) return run;
    close_forward(run);
    return NULL;
}

int forward_gradient(struct forward *run, double *gradient) {
    memcpy(NV_DATA_S(run->u), u0, (size_t)n * sizeof(double));
    for (int k = 0; k < np; k++) N_VConst(0.0, run->s[k]);
    memset(gradient, 0, (size_t)np * sizeof *gradient);
    if (CVodeReInit(run->memory, t0, run->u) || CVodeSensReInit(run->memory, run->kind, run->s)
        || CVodeSetStopTime(run->memory, t1))
        return 1;
    for (int i = 0; i < time_count; i++) {
        /* Nothing depends on the parameters at the start. */
        if (times[i] == t0) continue;
        double t;
        if (CVode(run->memory, times[i], run->u, &t, CV_NORMAL) < 0 || CVodeGetSens(run->memory, &t, run->s)) return 1;
        const double *u = NV_DATA_S(run->u);
        for (int k = 0; k < np; k++) {
            const double *s = NV_DATA_S(run->s[k]);
            double sum = 0.0;
            for (int j = 0; j < n; j++) sum += 2.0 * miss(i, j, u[j]) * s[j];
            gradient[k] += sum;
        }
    }
    return 0;
}

void close_forward(struct forward *run) {
    if (run->memory) CVodeFree(&run->memory);
    if (run->iteration) SUNNonlinSolFree(run->iteration);
    if (run->of_sensitivities) SUNNonlinSolFree(run->of_sensitivities);
    if (run->linear) SUNLinSolFree(run->linear);
    if (run->jac) SUNMatDestroy(run->jac);
    N_VDestroyVectorArray(run->s, np);
    N_VDestroy(run->u);
    free(run);
}
