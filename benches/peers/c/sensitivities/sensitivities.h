/* What the files of this program share: the question last asked. */
#ifndef SENSITIVITIES_H
#define SENSITIVITIES_H

#include <nvector/nvector_serial.h>
#include <sundials/sundials_core.h>

enum { MOST_STATES = 512, MOST_PARAMETERS = 1156, MOST_TIMES = 64 };

/* Parameters, initial state, span, save times, data (one state after the other, or none), and how many of them. */
extern double p[MOST_PARAMETERS], u0[MOST_STATES], t0, t1, times[MOST_TIMES], data[MOST_TIMES * MOST_STATES];
extern int np, n, time_count, data_count;
extern SUNContext context;

/* A right-hand side with its derivatives by hand. */
struct model {
    const char *name;
    int parameters, states;
    /* Once for each question: what depends on the parameters only. */
    void (*prepare)(void);
    void (*rhs)(const double *u, double *du);
    /* y = J v + df/dp q; q may be NULL. */
    void (*jvp)(const double *u, const double *v, const double *q, double *y);
    /* y = J^T v */
    void (*by_states)(const double *u, const double *v, double *y);
    /* y = (df/dp)^T v */
    void (*by_parameters)(const double *u, const double *v, double *y);
    /* Column by column into n x n zeros; NULL: too large for a dense matrix. */
    void (*jac)(const double *u, double *jac);
};

extern const struct model LOTKA_VOLTERRA, POLLUTION, FIELDS[];

/* How a gradient is computed. */
struct way {
    const char *name;
    /* CV_ADAMS or CV_BDF. */
    int steps;
    /* For adjoints how the solution is interpolated, for forward sensitivities how they are solved for. */
    int kind;
    int is_adjoint;
};

/* Shared by both kinds: the iteration or the linear solver of the solve forward. */
int right_hand_side(sunrealtype t, N_Vector u, N_Vector du, void *model);
int solver_of(void *memory, const struct model *model, int steps, N_Vector u, SUNNonlinearSolver *iteration,
              SUNLinearSolver *linear, SUNMatrix *jac);
extern const long MOST_STEPS;

/* The derivatives of sum |u(t_i) - d_i|^2 by the parameters; not 0 if they fail. The memory is made once, for several runs. */
struct forward;
struct forward *open_forward(const struct model *model, const struct way *way, double rtol, double atol);
int forward_gradient(struct forward *run, double *gradient);
void close_forward(struct forward *run);

struct adjoint;
struct adjoint *open_adjoint(const struct model *model, const struct way *way, double rtol, double atol);
int adjoint_gradient(struct adjoint *run, double *gradient);
void close_adjoint(struct adjoint *run);

/* What is missed at save time i. */
static inline double miss(int i, int j, double u) { return data_count ? u - data[i * n + j] : u; }

#endif
