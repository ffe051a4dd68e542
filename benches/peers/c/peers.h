/* What the files of this program share: the problem last named. */
#ifndef PEERS_H
#define PEERS_H

#include <sundials/sundials_core.h>

enum { MOST = 4096 };

/* Parameters, initial state, span, and how many of them. */
extern double p[64], u0[MOST], t0, t1;
extern int np, n;
/* The time at which a right-hand side is asked for: few of them depend on it. Times at which one jumps: solves start anew
 * there, and a right-hand side sees its own side of the jump only. */
extern double time_now, stops[8];
extern int stop_count;
void set_time(double t);
extern SUNContext context;

struct problem {
    const char *name;
    int parameters, states;
    void (*rhs)(const double *u, double *du);
    /* For stiff ones, the Jacobian: column by column into n x n zeros; or into a band of this half width; or times v. */
    void (*jac)(const double *u, double *jac);
    void (*band)(const double *u, SUNMatrix jac);
    int width;
    void (*jvp)(const double *u, const double *v, double *y);
};

/* The small stiff problems, the large ones, and those with a mass matrix; ended by one without a name. */
extern const struct problem STIFF[], LARGE[], DAE[];
int has_mass(const struct problem *problem);

/* A solver that has been made, and how it solves the problem once more from t0 to t1. */
struct solver {
    void *memory;
    SUNNonlinearSolver iteration;
};

struct sweep;
double seconds_of(int (*once)(const struct solver *, N_Vector), const struct solver *solver, const struct sweep *sweep,
                  long runs, N_Vector u);
void start_over(N_Vector u);
int rhs(sunrealtype t, N_Vector u, N_Vector du, void *data);
int cvode_once(const struct solver *solver, N_Vector u);
extern const long MAX_STEPS;

/* The names of CVODE's implicit methods, and IDA; ended by NULL. */
extern const char *const IMPLICIT[];

/* Seconds of one solve by such a method, negative if it fails; NAN if it is not for this problem. */
double by_implicit(const char *method, const struct problem *problem, double rtol, double atol,
                   const struct sweep *sweep, long runs, N_Vector u);

/* The same by IDA, for a problem with a mass matrix. */
double by_ida(const struct problem *problem, double rtol, double atol, const struct sweep *sweep, long runs, N_Vector u);

/* Prints the nonzero entries of the Jacobian at u as an answer; 0 if there is none. */
int print_jacobian(const struct problem *problem, const double *u);

#endif
