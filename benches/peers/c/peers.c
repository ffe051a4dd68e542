/* SUNDIALS, measured by request: see ../README.md for the protocol. The stiff problems and what solves them are in the
 * other files.
 *
 * ARKODE's ERKStep with tables of several orders, and CVODE's Adams methods with the fixed-point iteration. As its users
 * do who want the final state: one step after the other up to a stop time. The memory is made once for each request and
 * reinitialised for each run, and for each member of an ensemble.
 */
#define _POSIX_C_SOURCE 200809L
#include "peers.h"
#include <arkode/arkode_erkstep.h>
#include <cvode/cvode.h>
#include <math.h>
#include <stdint.h>
#include <nvector/nvector_serial.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sundials/sundials_version.h>
#include <sunnonlinsol/sunnonlinsol_fixedpoint.h>
#include <time.h>

enum { LINE = 1 << 20 };

double p[64], u0[MOST], t0, t1, time_now, stops[8];
int np, n, stop_count;
static double t_low, t_high;
SUNContext context;

/* The members of an ensemble: the problem with many values of one parameter, or of all. A plain solve has one member. */
enum { NO_PARAMETER = -1, ALL_PARAMETERS = -2 };
struct sweep {
    int parameter;
    double from, to;
    long count, every;
};
static const struct sweep NONE = {NO_PARAMETER, 0.0, 0.0, 1, 1};
enum { ANSWERED = 1 << 16 };
/* Final states of the members 0, every, 2 every, ... */
static double ends[ANSWERED];

/* ---- right-hand sides */

static void lotka_volterra(const double *u, double *du) {
    du[0] = p[0] * u[0] - p[1] * u[0] * u[1];
    du[1] = -p[2] * u[1] + p[3] * u[0] * u[1];
}

static void lorenz63_short(const double *u, double *du) {
    du[0] = p[0] * (u[1] - u[0]);
    du[1] = u[0] * (p[1] - u[2]) - u[1];
    du[2] = u[0] * u[1] - p[2] * u[2];
}

static void rigid_body(const double *u, double *du) {
    du[0] = p[0] * u[1] * u[2];
    du[1] = p[1] * u[0] * u[2];
    du[2] = p[2] * u[0] * u[1];
}

static void arenstorf(const double *u, double *du) {
    const double x = u[0], y = u[1], vx = u[2], vy = u[3], mu = p[0], mup = p[1];
    const double s1 = (x + mu) * (x + mu) + y * y, s2 = (x - mup) * (x - mup) + y * y;
    const double d1 = s1 * sqrt(s1), d2 = s2 * sqrt(s2);
    du[0] = vx;
    du[1] = vy;
    du[2] = x + 2.0 * vy - mup * (x + mu) / d1 - mu * (x - mup) / d2;
    du[3] = y - 2.0 * vx - mup * y / d1 - mu * y / d2;
}

static void henon_heiles(const double *u, double *du) {
    du[0] = u[2];
    du[1] = u[3];
    du[2] = -u[0] - 2.0 * u[0] * u[1];
    du[3] = -u[1] - u[0] * u[0] + u[1] * u[1];
}

static void pleiades(const double *u, double *du) {
    for (int i = 0; i < 14; i++) {
        du[i] = u[14 + i];
        du[14 + i] = 0.0;
    }
    for (int i = 0; i < 7; i++) {
        for (int j = i + 1; j < 7; j++) {
            const double x = u[j] - u[i], y = u[7 + j] - u[7 + i], square = x * x + y * y;
            const double cube = square * sqrt(square), px = x / cube, py = y / cube;
            du[14 + i] += (j + 1) * px;
            du[14 + j] -= (i + 1) * px;
            du[21 + i] += (j + 1) * py;
            du[21 + j] -= (i + 1) * py;
        }
    }
}

static const struct problem NONSTIFF[] = {
    {"lotka_volterra", 4, 2, lotka_volterra, NULL, NULL, 0, NULL},
    {"lorenz63_short", 3, 3, lorenz63_short, NULL, NULL, 0, NULL},
    {"rigid_body", 3, 3, rigid_body, NULL, NULL, 0, NULL},
    {"arenstorf", 2, 4, arenstorf, NULL, NULL, 0, NULL},
    {"henon_heiles", 0, 4, henon_heiles, NULL, NULL, 0, NULL},
    {"pleiades", 0, 28, pleiades, NULL, NULL, 0, NULL},
    {NULL, 0, 0, NULL, NULL, NULL, 0, NULL},
};
static const struct problem *const ALL[] = {NONSTIFF, STIFF, LARGE, DAE};
static const struct problem *problem;

void set_time(double t) { time_now = fmin(fmax(t, t_low), t_high); }

int rhs(sunrealtype t, N_Vector u, N_Vector du, void *data) {
    set_time(t);
    ((const struct problem *)data)->rhs(NV_DATA_S(u), NV_DATA_S(du));
    return 0;
}

/* ---- methods */

struct method {
    const char *name;
    ARKODE_ERKTableID table;
};

static const struct method METHODS[] = {
    {"Adams", ARKODE_ERK_NONE},
    {"DP7_4_5", ARKODE_DORMAND_PRINCE_7_4_5},
    {"TS7_4_5", ARKODE_TSITOURAS_7_4_5},
    {"V9_5_6", ARKODE_VERNER_9_5_6},
    {"V10_6_7", ARKODE_VERNER_10_6_7},
    {"V13_7_8", ARKODE_VERNER_13_7_8},
    {"V16_8_9", ARKODE_VERNER_16_8_9},
};
enum { METHOD_COUNT = sizeof METHODS / sizeof *METHODS };
const long MAX_STEPS = 100000000;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

void start_over(N_Vector u) { memcpy(NV_DATA_S(u), u0, (size_t)n * sizeof(double)); }

static int arkode_once(const struct solver *solver, N_Vector u) {
    double t;
    return ERKStepReInit(solver->memory, rhs, t0, u) || ARKodeSetStopTime(solver->memory, t1)
           || ARKodeEvolve(solver->memory, t1, u, &t, ARK_NORMAL) < 0;
}

int cvode_once(const struct solver *solver, N_Vector u) {
    double t;
    int bad = 0;
    for (int i = 0; i <= stop_count && !bad; i++) {
        const double from = i ? stops[i - 1] : t0, to = i < stop_count ? stops[i] : t1;
        t_low = from;
        t_high = i < stop_count ? nextafter(to, from) : to;
        bad = CVodeReInit(solver->memory, from, u) || CVodeSetStopTime(solver->memory, to)
              || CVode(solver->memory, to, u, &t, CV_NORMAL) < 0;
    }
    return bad;
}

/* Bits that look random. */
static uint32_t scrambled(uint32_t x) {
    x ^= x >> 16;
    x *= 0x7feb352du;
    x ^= x >> 15;
    x *= 0x846ca68bu;
    return x ^ (x >> 16);
}

/* The parameters of member i, from those of the problem. */
static void set_member(const struct sweep *sweep, const double *own, long i) {
    const double width = sweep->to - sweep->from;
    if (sweep->parameter >= 0) p[sweep->parameter] = sweep->from + width * (double)i / (double)sweep->count;
    if (sweep->parameter == ALL_PARAMETERS)
        for (int k = 0; k < np; k++)
            p[k] = own[k] * (sweep->from + width * (double)scrambled((uint32_t)(i * np + k)) / 4294967296.0);
}

/* The seconds of one run, which is a solve for each member; the final states are left in `ends`. Negative if one fails.
 * The first of many runs is not timed. */
double seconds_of(int (*once)(const struct solver *, N_Vector), const struct solver *solver, const struct sweep *sweep,
                  long runs, N_Vector u) {
    double begin = now(), own[64];
    memcpy(own, p, sizeof own);
    for (long run = runs > 1 ? -1 : 0; run < runs; run++) {
        if (run == 0) begin = now();
        double *end = ends;
        for (long i = 0; i < sweep->count; i++) {
            set_member(sweep, own, i);
            start_over(u);
            if (once(solver, u)) {
                memcpy(p, own, sizeof own);
                return -1.0;
            }
            if (i % sweep->every == 0) {
                memcpy(end, NV_DATA_S(u), (size_t)n * sizeof(double));
                end += n;
            }
        }
    }
    begin = (now() - begin) / (double)runs;
    memcpy(p, own, sizeof own);
    return begin;
}

static double by_arkode(ARKODE_ERKTableID table, double rtol, double atol, const struct sweep *sweep, long runs,
                        N_Vector u) {
    start_over(u);
    struct solver solver = {ERKStepCreate(rhs, t0, u, context), NULL};
    const int bad = !solver.memory || ARKodeSetUserData(solver.memory, (void *)problem)
                    || ARKodeSStolerances(solver.memory, rtol, atol) || ERKStepSetTableNum(solver.memory, table)
                    || ARKodeSetMaxNumSteps(solver.memory, MAX_STEPS);
    const double seconds = bad ? -1.0 : seconds_of(arkode_once, &solver, sweep, runs, u);
    if (solver.memory) ARKodeFree(&solver.memory);
    return seconds;
}

static double by_cvode(double rtol, double atol, const struct sweep *sweep, long runs, N_Vector u) {
    start_over(u);
    struct solver solver = {CVodeCreate(CV_ADAMS, context), SUNNonlinSol_FixedPoint(u, 0, context)};
    const int bad = !solver.memory || !solver.iteration || CVodeInit(solver.memory, rhs, t0, u)
                    || CVodeSetUserData(solver.memory, (void *)problem)
                    || CVodeSStolerances(solver.memory, rtol, atol)
                    || CVodeSetNonlinearSolver(solver.memory, solver.iteration)
                    || CVodeSetMaxNumSteps(solver.memory, MAX_STEPS);
    const double seconds = bad ? -1.0 : seconds_of(cvode_once, &solver, sweep, runs, u);
    if (solver.memory) CVodeFree(&solver.memory);
    if (solver.iteration) SUNNonlinSolFree(solver.iteration);
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

static void print(const double *values) {
    for (int i = 0; i < n; i++) printf(i ? ",%.17g" : "[%.17g", values[i]);
    printf("]");
}

static void on_problem(char **rest) {
    const char *name = word(rest);
    problem = NULL;
    for (int group = 0; name && group < 4; group++)
        for (const struct problem *one = ALL[group]; one->name; one++)
            if (!strcmp(name, one->name)) problem = one;
    if (!problem) {
        failure("no such problem");
        return;
    }
    const int good = number(rest, &t0) && number(rest, &t1);
    np = good ? vector(rest, p, 64) : -1;
    n = np >= 0 ? vector(rest, u0, MOST) : -1;
    stop_count = n >= 0 ? vector(rest, stops, 8) : 0;
    if (stop_count < 0) stop_count = 0;
    t_low = t0;
    t_high = t1;
    if (np != problem->parameters || n != problem->states) {
        problem = NULL;
        failure("wrong numbers of parameters or states");
        return;
    }
    printf("{}\n");
}

static void on_rhs(char **rest) {
    static double u[MOST], du[MOST];
    if (vector(rest, u, MOST) != n) {
        failure("wrong number of states");
        return;
    }
    set_time(t0 + 0.28 * (t1 - t0));
    problem->rhs(u, du);
    printf("{\"du\":");
    print(du);
    printf("}\n");
}

static void on_jac(char **rest) {
    static double u[MOST];
    if (vector(rest, u, MOST) != n) failure("wrong number of states");
    else if (!print_jacobian(problem, u)) failure("no Jacobian of this problem");
}

/* The numbers of an ensemble, if they make sense. */
static int members(char **rest, struct sweep *sweep) {
    double parameter = ALL_PARAMETERS, count, every;
    const char *which = word(rest);
    if (!which) return 0;
    if (strcmp(which, "all")) {
        char *end;
        parameter = strtod(which, &end);
        if (*end || !(parameter >= 0 && parameter < np)) return 0;
    }
    if ( !number(rest, &sweep->from) || !number(rest, &sweep->to) || !number(rest, &count)
        || !number(rest, &every))
        return 0;
    if (!(count >= 1 && count < 1e9 && every >= 1 && every < 1e9)) return 0;
    *sweep = (struct sweep){(int)parameter, sweep->from, sweep->to, (long)count, (long)every};
    return ((sweep->count - 1) / sweep->every + 1) * n <= ANSWERED;
}

static void on_solve(char **rest, int ensemble) {
    const char *who = word(rest), *name = word(rest);
    double rtol, atol, runs;
    const struct method *method = NULL;
    struct sweep sweep = NONE;
    for (int i = 0; name && i < METHOD_COUNT; i++)
        if (!strcmp(name, METHODS[i].name)) method = &METHODS[i];
    const char *const *implicit = IMPLICIT;
    while (name && *implicit && strcmp(name, *implicit)) implicit++;
    if (!who || !name || (!method && !*implicit) || !number(rest, &rtol) || !number(rest, &atol) || (ensemble && !members(rest, &sweep))
        || !number(rest, &runs) || runs < 1) {
        failure("what is asked for is not understood");
        return;
    }
    N_Vector u = N_VNew_Serial(n, context);
    const double seconds = !method ? by_implicit(*implicit, problem, rtol, atol, &sweep, (long)runs, u)
                           : method->table == ARKODE_ERK_NONE
                               ? by_cvode(rtol, atol, &sweep, (long)runs, u)
                               : by_arkode(method->table, rtol, atol, &sweep, (long)runs, u);
    const long answered = (sweep.count - 1) / sweep.every + 1;
    int good = seconds >= 0.0;
    for (long i = 0; good && i < answered * n; i++) good = isfinite(ends[i]);
    if (good) {
        printf(ensemble ? "{\"ends\":[" : "{\"u\":");
        for (long i = 0; i < answered; i++) {
            if (i) printf(",");
            print(ends + i * n);
        }
        printf("%s,\"seconds\":%.17g}\n", ensemble ? "]" : "", seconds);
    } else {
        failure(isnan(seconds) ? "not for this problem" : "the solve failed");
    }
    N_VDestroy(u);
}

int main(void) {
    static char line[LINE];
    char version[32] = "unknown";
    if (SUNContext_Create(SUN_COMM_NULL, &context)) return 1;
    SUNDIALSGetVersion(version, sizeof version);
    printf("{\"peers\":[{\"who\":\"sundials\",\"version\":\"%s\",\"methods\":[", version);
    for (int i = 0; i < METHOD_COUNT; i++) printf(i ? ",\"%s\"" : "\"%s\"", METHODS[i].name);
    printf("],\"stiff\":[");
    for (int i = 0; IMPLICIT[i]; i++) printf(i ? ",\"%s\"" : "\"%s\"", IMPLICIT[i]);
    printf("]}]}\n");
    fflush(stdout);
    while (fgets(line, sizeof line, stdin)) {
        char *rest = NULL, *request = strtok_r(line, " \t\r\n", &rest);
        if (request && !strcmp(request, "problem")) on_problem(&rest);
        else if (!problem) failure("no problem yet");
        else if (request && !strcmp(request, "rhs")) on_rhs(&rest);
        else if (request && !strcmp(request, "jac")) on_jac(&rest);
        else if (request && !strcmp(request, "solve")) on_solve(&rest, 0);
        else if (request && !strcmp(request, "ensemble")) on_solve(&rest, 1);
        else failure("no such request");
        fflush(stdout);
    }
    SUNContext_Free(&context);
    return 0;
}
