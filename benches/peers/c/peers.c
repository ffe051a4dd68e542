/* SUNDIALS, measured by request: see ../README.md for the protocol.
 *
 * ARKODE's ERKStep with tables of several orders, and CVODE's Adams methods with the fixed-point iteration. As its users
 * do who want the final state: one step after the other up to a stop time. The memory is made once for each request and
 * reinitialised for each run.
 */
#define _POSIX_C_SOURCE 200809L
#include <arkode/arkode_erkstep.h>
#include <cvode/cvode.h>
#include <math.h>
#include <nvector/nvector_serial.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sundials/sundials_version.h>
#include <sunnonlinsol/sunnonlinsol_fixedpoint.h>
#include <time.h>

enum { MOST = 4096, LINE = 1 << 20 };

static double p[64], u0[MOST], t0, t1;
static int np, n;
static SUNContext context;

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

static inline void cell(double g, const double *left, const double *u, const double *right, double *du) {
    const double a = u[0], b = u[1], reaction = a * a * b;
    du[0] = 1.0 + reaction - 4.0 * a + g * (left[0] - 2.0 * a + right[0]);
    du[1] = 3.0 * a - reaction + g * (left[1] - 2.0 * b + right[1]);
}

static void brusselator_1d_n500(const double *restrict u, double *restrict du) {
    const double g = p[0], end[2] = {1.0, 3.0};
    /* The interior without a branch, so that it is vectorised. */
    for (int i = 2; i < n - 2; i += 2) cell(g, u + i - 2, u + i, u + i + 2, du + i);
    cell(g, end, u, u + 2, du);
    cell(g, u + n - 4, u + n - 2, end, du + n - 2);
}

struct problem {
    const char *name;
    int parameters, states;
    void (*rhs)(const double *, double *);
};

static const struct problem PROBLEMS[] = {
    {"lotka_volterra", 4, 2, lotka_volterra},
    {"lorenz63_short", 3, 3, lorenz63_short},
    {"rigid_body", 3, 3, rigid_body},
    {"arenstorf", 2, 4, arenstorf},
    {"henon_heiles", 0, 4, henon_heiles},
    {"pleiades", 0, 28, pleiades},
    {"brusselator_1d_n500", 1, 1000, brusselator_1d_n500},
};
static const struct problem *problem;

static int rhs(sunrealtype t, N_Vector u, N_Vector du, void *data) {
    (void)t;
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
enum { METHOD_COUNT = sizeof METHODS / sizeof *METHODS, PROBLEM_COUNT = sizeof PROBLEMS / sizeof *PROBLEMS };
static const long MAX_STEPS = 100000000;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void start_over(N_Vector u) { memcpy(NV_DATA_S(u), u0, (size_t)n * sizeof(double)); }

/* The seconds of one run; the final state is left in u. Negative if it fails. */
static double by_arkode(ARKODE_ERKTableID table, double rtol, double atol, long runs, N_Vector u) {
    start_over(u);
    void *memory = ERKStepCreate(rhs, t0, u, context);
    int bad = !memory || ARKodeSetUserData(memory, (void *)problem) || ARKodeSStolerances(memory, rtol, atol)
              || ERKStepSetTableNum(memory, table) || ARKodeSetMaxNumSteps(memory, MAX_STEPS);
    double begin = 0.0, t;
    /* The first of many runs is not timed. */
    const long first = runs > 1 ? -1 : 0;
    for (long run = first; run < runs && !bad; run++) {
        if (run == 0) begin = now();
        if (run > first) {
            start_over(u);
            bad = ERKStepReInit(memory, rhs, t0, u);
        }
        bad = bad || ARKodeSetStopTime(memory, t1) || ARKodeEvolve(memory, t1, u, &t, ARK_NORMAL) < 0;
    }
    const double seconds = (now() - begin) / (double)runs;
    if (memory) ARKodeFree(&memory);
    return bad ? -1.0 : seconds;
}

static double by_cvode(double rtol, double atol, long runs, N_Vector u) {
    start_over(u);
    void *memory = CVodeCreate(CV_ADAMS, context);
    SUNNonlinearSolver iteration = SUNNonlinSol_FixedPoint(u, 0, context);
    int bad = !memory || !iteration || CVodeInit(memory, rhs, t0, u) || CVodeSetUserData(memory, (void *)problem)
              || CVodeSStolerances(memory, rtol, atol) || CVodeSetNonlinearSolver(memory, iteration)
              || CVodeSetMaxNumSteps(memory, MAX_STEPS);
    double begin = 0.0, t;
    const long first = runs > 1 ? -1 : 0;
    for (long run = first; run < runs && !bad; run++) {
        if (run == 0) begin = now();
        if (run > first) {
            start_over(u);
            bad = CVodeReInit(memory, t0, u);
        }
        bad = bad || CVodeSetStopTime(memory, t1) || CVode(memory, t1, u, &t, CV_NORMAL) < 0;
    }
    const double seconds = (now() - begin) / (double)runs;
    if (memory) CVodeFree(&memory);
    if (iteration) SUNNonlinSolFree(iteration);
    return bad ? -1.0 : seconds;
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

static void print(const char *name, const double *values) {
    printf("{\"%s\":[", name);
    for (int i = 0; i < n; i++) printf(i ? ",%.17g" : "%.17g", values[i]);
    printf("]");
}

static void on_problem(char **rest) {
    const char *name = word(rest);
    problem = NULL;
    for (int i = 0; name && i < PROBLEM_COUNT; i++)
        if (!strcmp(name, PROBLEMS[i].name)) problem = &PROBLEMS[i];
    if (!problem) {
        failure("no such problem");
        return;
    }
    const int good = number(rest, &t0) && number(rest, &t1);
    np = good ? vector(rest, p, 64) : -1;
    n = np >= 0 ? vector(rest, u0, MOST) : -1;
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
    problem->rhs(u, du);
    print("du", du);
    printf("}\n");
}

static void on_solve(char **rest) {
    const char *who = word(rest), *name = word(rest);
    double rtol, atol, runs;
    const struct method *method = NULL;
    for (int i = 0; name && i < METHOD_COUNT; i++)
        if (!strcmp(name, METHODS[i].name)) method = &METHODS[i];
    if (!who || !method || !number(rest, &rtol) || !number(rest, &atol) || !number(rest, &runs) || runs < 1) {
        failure("what is asked for is not understood");
        return;
    }
    N_Vector u = N_VNew_Serial(n, context);
    const int adams = method->table == ARKODE_ERK_NONE;
    const double seconds =
        adams ? by_cvode(rtol, atol, (long)runs, u) : by_arkode(method->table, rtol, atol, (long)runs, u);
    int good = seconds >= 0.0;
    for (int i = 0; good && i < n; i++) good = isfinite(NV_DATA_S(u)[i]);
    if (good) {
        print("u", NV_DATA_S(u));
        printf(",\"seconds\":%.17g}\n", seconds);
    } else {
        failure("the solve failed");
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
    printf("]}]}\n");
    fflush(stdout);
    while (fgets(line, sizeof line, stdin)) {
        char *rest = NULL, *request = strtok_r(line, " \t\r\n", &rest);
        if (request && !strcmp(request, "problem")) on_problem(&rest);
        else if (!problem) failure("no problem yet");
        else if (request && !strcmp(request, "rhs")) on_rhs(&rest);
        else if (request && !strcmp(request, "solve")) on_solve(&rest);
        else failure("no such request");
        fflush(stdout);
    }
    SUNContext_Free(&context);
    return 0;
}
