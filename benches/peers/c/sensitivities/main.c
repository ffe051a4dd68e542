/* CVODES, measured by request: see ../../README.md for the protocol. CVODES holds all functions of CVODE under the same names, so that
 * it is a program of its own.
 *
 * Gradients of a sum of squares at save times, forward and by the adjoint, by BDF and Adams. Jacobians and products are exact. The
 * memory is made once for each request and reinitialised for each run.
 */
#define _POSIX_C_SOURCE 200809L
#include "sensitivities.h"
#include <cvodes/cvodes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sundials/sundials_version.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunlinsol/sunlinsol_spgmr.h>
#include <sunmatrix/sunmatrix_dense.h>
#include <sunnonlinsol/sunnonlinsol_fixedpoint.h>
#include <time.h>

enum { LINE = 1 << 20 };

double p[MOST_PARAMETERS], u0[MOST_STATES], t0, t1, times[MOST_TIMES], data[MOST_TIMES * MOST_STATES];
int np, n, time_count, data_count;
SUNContext context;
const long MOST_STEPS = 1000000;

/* Parameters up to which forward sensitivities are measured. */
static const int FEW = 32;

static const struct way WAYS[] = {
    {"Adams-adjoint", CV_ADAMS, CV_POLYNOMIAL, 1},     {"Adams-adjoint-hermite", CV_ADAMS, CV_HERMITE, 1},
    {"BDF-adjoint", CV_BDF, CV_POLYNOMIAL, 1},         {"BDF-adjoint-hermite", CV_BDF, CV_HERMITE, 1},
    {"Adams-simultaneous", CV_ADAMS, CV_SIMULTANEOUS, 0}, {"Adams-staggered", CV_ADAMS, CV_STAGGERED, 0},
    {"BDF-simultaneous", CV_BDF, CV_SIMULTANEOUS, 0},  {"BDF-staggered", CV_BDF, CV_STAGGERED, 0},
};
enum { WAY_COUNT = sizeof WAYS / sizeof *WAYS };

static const struct model *model;

int right_hand_side(sunrealtype t, N_Vector u, N_Vector du, void *data) {
    (void)t;
    ((const struct model *)data)->rhs(NV_DATA_S(u), NV_DATA_S(du));
    return 0;
}

static int fill(sunrealtype t, N_Vector u, N_Vector du, SUNMatrix jac, void *data, N_Vector a, N_Vector b, N_Vector c) {
    (void)t, (void)du, (void)a, (void)b, (void)c;
    ((const struct model *)data)->jac(NV_DATA_S(u), SM_DATA_D(jac));
    return 0;
}

static int product(N_Vector v, N_Vector y, sunrealtype t, N_Vector u, N_Vector du, void *data, N_Vector work) {
    (void)t, (void)du, (void)work;
    ((const struct model *)data)->jvp(NV_DATA_S(u), NV_DATA_S(v), NULL, NV_DATA_S(y));
    return 0;
}

int solver_of(void *memory, const struct model *model, int steps, N_Vector u, SUNNonlinearSolver *iteration, SUNLinearSolver *linear,
              SUNMatrix *jac) {
    if (steps == CV_ADAMS) {
        *iteration = SUNNonlinSol_FixedPoint(u, 0, context);
        return CVodeSetNonlinearSolver(memory, *iteration);
    }
    if (!model->jac) {
        *linear = SUNLinSol_SPGMR(u, SUN_PREC_NONE, 0, context);
        return CVodeSetLinearSolver(memory, *linear, NULL) || CVodeSetJacTimes(memory, NULL, product);
    }
    *jac = SUNDenseMatrix(n, n, context);
    *linear = SUNLinSol_Dense(u, *jac, context);
    return CVodeSetLinearSolver(memory, *linear, *jac) || CVodeSetJacFn(memory, fill);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* Seconds of one of the runs, negative if one fails. The first of many is not timed. */
static double timed(const struct way *way, double rtol, double atol, long runs, double *gradient) {
    struct forward *forward = way->is_adjoint ? NULL : open_forward(model, way, rtol, atol);
    struct adjoint *adjoint = way->is_adjoint ? open_adjoint(model, way, rtol, atol) : NULL;
    double begin = now(), seconds = -1.0;
    int bad = !forward && !adjoint;
    for (long run = runs > 1 ? -1 : 0; run < runs && !bad; run++) {
        if (run == 0) begin = now();
        bad = forward ? forward_gradient(forward, gradient) : adjoint_gradient(adjoint, gradient);
    }
    if (!bad) seconds = (now() - begin) / (double)runs;
    if (forward) close_forward(forward);
    if (adjoint) close_adjoint(adjoint);
    return seconds;
}

/* ---- the protocol */

static void failure(const char *why) { printf("{\"failure\":\"%s\"}\n", why); }

static char *word(char **rest) { return strtok_r(NULL, " \t\r\n", rest); }

static int number(char **rest, double *value) {
    char *text = word(rest), *end;
    if (!text) return 0;
    *value = strtod(text, &end);
    return *end == '\0';
}

/* A count and as many numbers; -1 if they are not there, or too many. */
static int vector(char **rest, double *values, int most) {
    double count;
    if (!number(rest, &count) || count < 0 || count > most) return -1;
    for (int i = 0; i < (int)count; i++)
        if (!number(rest, &values[i])) return -1;
    return (int)count;
}

static void print(const double *values, int count) {
    for (int i = 0; i < count; i++) printf(i ? ",%.17g" : "[%.17g", values[i]);
    printf("]");
}

static const struct model *model_named(const char *name) {
    const struct model *all[] = {&LOTKA_VOLTERRA, &POLLUTION, &FIELDS[0], &FIELDS[1], &FIELDS[2], &FIELDS[3]};
    if (name && !strcmp(name, "pollution_6_times")) return &POLLUTION;
    for (size_t i = 0; name && i < sizeof all / sizeof *all; i++)
        if (!strcmp(name, all[i]->name)) return all[i];
    return NULL;
}

static void on_question(char **rest) {
    model = model_named(word(rest));
    if (!model) {
        failure("no such problem");
        return;
    }
    const int good = number(rest, &t0) && number(rest, &t1);
    np = good ? vector(rest, p, MOST_PARAMETERS) : -1;
    n = np >= 0 ? vector(rest, u0, MOST_STATES) : -1;
    time_count = n >= 0 ? vector(rest, times, MOST_TIMES) : -1;
    data_count = time_count >= 0 ? vector(rest, data, MOST_TIMES * MOST_STATES) : -1;
    if (np != model->parameters || n != model->states || time_count < 1 || (data_count && data_count != time_count * n)) {
        model = NULL;
        failure("wrong numbers of parameters, states, times or data");
        return;
    }
    model->prepare();
    printf("{}\n");
}

static void on_rhs(char **rest) {
    static double u[MOST_STATES], du[MOST_STATES];
    if (vector(rest, u, MOST_STATES) != n) {
        failure("wrong number of states");
        return;
    }
    model->rhs(u, du);
    printf("{\"du\":");
    print(du, n);
    printf("}\n");
}

static void on_sensitivity(char **rest) {
    static double gradient[MOST_PARAMETERS];
    const char *who = word(rest), *name = word(rest);
    const struct way *way = NULL;
    double rtol, atol, runs;
    for (int i = 0; name && i < WAY_COUNT; i++)
        if (!strcmp(name, WAYS[i].name)) way = &WAYS[i];
    if (!who || !way || !number(rest, &rtol) || !number(rest, &atol) || !number(rest, &runs) || runs < 1) {
        failure("what is asked for is not understood");
        return;
    }
    const int is_stiff = model == &POLLUTION;
    if ((!way->is_adjoint && np > FEW) || (is_stiff && way->steps == CV_ADAMS)) {
        failure("not for this problem");
        return;
    }
    const double seconds = timed(way, rtol, atol, (long)runs, gradient);
    int good = seconds >= 0.0;
    for (int k = 0; good && k < np; k++) good = isfinite(gradient[k]);
    if (!good) {
        failure("the solve failed");
        return;
    }
    printf("{\"gradient\":");
    print(gradient, np);
    printf(",\"seconds\":%.17g}\n", seconds);
}

int main(void) {
    static char line[LINE];
    char version[32] = "unknown";
    if (SUNContext_Create(SUN_COMM_NULL, &context)) return 1;
    SUNDIALSGetVersion(version, sizeof version);
    printf("{\"peers\":[{\"who\":\"cvodes\",\"version\":\"%s\",\"methods\":[],\"sensitivities\":[", version);
    for (int i = 0; i < WAY_COUNT; i++) printf(i ? ",\"%s\"" : "\"%s\"", WAYS[i].name);
    printf("]}]}\n");
    fflush(stdout);
    while (fgets(line, sizeof line, stdin)) {
        char *rest = NULL, *request = strtok_r(line, " \t\r\n", &rest);
        if (request && !strcmp(request, "question")) on_question(&rest);
        else if (!model) failure("no question yet");
        else if (request && !strcmp(request, "rhs")) on_rhs(&rest);
        else if (request && !strcmp(request, "sensitivity")) on_sensitivity(&rest);
        else failure("no such request");
        fflush(stdout);
    }
    SUNContext_Free(&context);
    return 0;
}
