/* The Brusselator on a torus of 16 by 16 cells with coefficients that vary in space, u11 v11 u21 v21 ... */
#include "sensitivities.h"
#include <string.h>

enum { SIDE = 16, CELLS = SIDE * SIDE, CORNER = SIDE + 1, CORNERS = CORNER * CORNER };

/* A, B, alpha times 225, f of each cell, without those that are not fed. */
static double inflow[CELLS], rate[CELLS], g[CELLS], feed[CELLS];
static int fed[CELLS];

static const double PER_DISTANCE_SQUARED = (SIDE - 1.0) * (SIDE - 1.0);

static double at_corners(int field, int i, int j) {
    const double *c = p + field * CORNERS + j * CORNER + i;
    return 0.25 * ((c[0] + c[1]) + (c[CORNER] + c[CORNER + 1]));
}

static void prepare(void) {
    for (int j = 0; j < SIDE; j++) {
        for (int i = 0; i < SIDE; i++) {
            const int k = j * SIDE + i, whole = np == 4 * CORNERS;
            const double x = i / (SIDE - 1.0) - 0.3, y = j / (SIDE - 1.0) - 0.6;
            const double alpha = whole ? at_corners(2, i, j) : np == CELLS ? p[k] : np == 16 ? p[j / 4 * 4 + i / 4] : p[0];
            fed[k] = x * x + y * y <= 0.01;
            inflow[k] = whole ? at_corners(0, i, j) : 1.0;
            rate[k] = whole ? at_corners(1, i, j) : 3.4;
            g[k] = PER_DISTANCE_SQUARED * alpha;
            feed[k] = fed[k] ? whole ? at_corners(3, i, j) : 5.0 : 0.0;
        }
    }
}

struct around {
    int west, east, south, north;
};

static inline struct around around(int i, int j) {
    const struct around a = {2 * (j * SIDE + (i + SIDE - 1) % SIDE), 2 * (j * SIDE + (i + 1) % SIDE),
                             2 * ((j + SIDE - 1) % SIDE * SIDE + i), 2 * ((j + 1) % SIDE * SIDE + i)};
    return a;
}

static inline double laplacian(const double *u, int at, struct around a, int k) {
    return u[a.west + k] + u[a.east + k] + u[a.south + k] + u[a.north + k] - 4.0 * u[at + k];
}

/* All cells, an interior without a branch. */
#define EACH_CELL(DO)                                                                                                     \
    for (int j = 0; j < SIDE; j++) {                                                                                      \
        const struct around first = around(1, j);                                                                         \
        for (int i = 1; i < SIDE - 1; i++) {                                                                              \
            const int s = 2 * (i - 1);                                                                                    \
            const struct around near = {first.west + s, first.east + s, first.south + s, first.north + s};                \
            DO(j * SIDE + i, near);                                                                                       \
        }                                                                                                                 \
        DO(j * SIDE, around(0, j));                                                                                       \
        DO(j * SIDE + SIDE - 1, around(SIDE - 1, j));                                                                     \
    }

static inline void cell(const double *restrict u, double *restrict du, int k, struct around near) {
    const double a = u[2 * k], b = u[2 * k + 1], reaction = rate[k] * a - a * a * b;
    du[2 * k] = inflow[k] - reaction - a + g[k] * laplacian(u, 2 * k, near, 0) + feed[k];
    du[2 * k + 1] = reaction + g[k] * laplacian(u, 2 * k, near, 1);
}

static void fields(const double *restrict u, double *restrict du) {
#define DO(k, near) cell(u, du, k, near)
    EACH_CELL(DO)
#undef DO
}

static inline void cell_jvp(const double *restrict u, const double *restrict v, double *restrict y, int k, struct around near) {
    const double a = u[2 * k], b = u[2 * k + 1];
    const double reaction = rate[k] * v[2 * k] - 2.0 * a * b * v[2 * k] - a * a * v[2 * k + 1];
    y[2 * k] = g[k] * laplacian(v, 2 * k, near, 0) - reaction - v[2 * k];
    y[2 * k + 1] = reaction + g[k] * laplacian(v, 2 * k, near, 1);
}

/* What the parameters change in each cell: only where there are few. */
static void add_by_parameters(const double *u, const double *q, double *y) {
    for (int j = 0; j < SIDE; j++) {
        for (int i = 0; i < SIDE; i++) {
            const int k = j * SIDE + i;
            const double by = PER_DISTANCE_SQUARED * (np == CELLS ? q[k] : np == 16 ? q[j / 4 * 4 + i / 4] : q[0]);
            if (by == 0.0) continue;
            const struct around near = around(i, j);
            y[2 * k] += by * laplacian(u, 2 * k, near, 0);
            y[2 * k + 1] += by * laplacian(u, 2 * k, near, 1);
        }
    }
}

static void fields_jvp(const double *restrict u, const double *restrict v, const double *q, double *restrict y) {
#define DO(k, near) cell_jvp(u, v, y, k, near)
    EACH_CELL(DO)
#undef DO
    if (q) add_by_parameters(u, q, y);
}

static inline double spread(const double *w, int at, struct around a, int k) {
    return w[a.west + k] + w[a.east + k] + w[a.south + k] + w[a.north + k] - 4.0 * w[at + k];
}

static inline void cell_by_states(const double *restrict u, const double *restrict v, const double *restrict w, double *restrict y,
                                  int k, struct around near) {
    const double a = u[2 * k], b = u[2 * k + 1], bar = v[2 * k + 1] - v[2 * k];
    y[2 * k] = (rate[k] - 2.0 * a * b) * bar - v[2 * k] + spread(w, 2 * k, near, 0);
    y[2 * k + 1] = -a * a * bar + spread(w, 2 * k, near, 1);
}

static void fields_by_states(const double *restrict u, const double *restrict v, double *restrict y) {
    /* The Laplacian is symmetric. */
    double w[2 * CELLS];
    for (int k = 0; k < CELLS; k++) {
        w[2 * k] = g[k] * v[2 * k];
        w[2 * k + 1] = g[k] * v[2 * k + 1];
    }
#define DO(k, near) cell_by_states(u, v, w, y, k, near)
    EACH_CELL(DO)
#undef DO
}

static void to_corners(int field, int i, int j, double bar, double *y) {
    double *c = y + field * CORNERS + j * CORNER + i;
    bar *= 0.25;
    c[0] += bar;
    c[1] += bar;
    c[CORNER] += bar;
    c[CORNER + 1] += bar;
}

static void fields_by_parameters(const double *u, const double *v, double *y) {
    memset(y, 0, (size_t)np * sizeof *y);
    for (int j = 0; j < SIDE; j++) {
        for (int i = 0; i < SIDE; i++) {
            const int k = j * SIDE + i;
            const struct around near = around(i, j);
            const double alpha = PER_DISTANCE_SQUARED
                                 * (v[2 * k] * laplacian(u, 2 * k, near, 0) + v[2 * k + 1] * laplacian(u, 2 * k, near, 1));
            if (np == 1) y[0] += alpha;
            else if (np == 16) y[j / 4 * 4 + i / 4] += alpha;
            else if (np == CELLS) y[k] += alpha;
            else {
                to_corners(0, i, j, v[2 * k], y);
                to_corners(1, i, j, u[2 * k] * (v[2 * k + 1] - v[2 * k]), y);
                to_corners(2, i, j, alpha, y);
                if (fed[k]) to_corners(3, i, j, v[2 * k], y);
            }
        }
    }
}

#define MODEL(name, parameters)                                                                                           \
    { name, parameters, 2 * CELLS, prepare, fields, fields_jvp, fields_by_states, fields_by_parameters, NULL }

const struct model FIELDS[] = {
    MODEL("brusselator_16x16_1", 1),
    MODEL("brusselator_16x16_16", 16),
    MODEL("brusselator_16x16_256", CELLS),
    MODEL("brusselator_16x16_1156", 4 * CORNERS),
};
