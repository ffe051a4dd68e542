/* Predators and prey; air pollution, 25 reactions of 20 species. */
#include "sensitivities.h"
#include <string.h>

static void nothing(void) {}

/* ---- predators and prey */

static void lotka_volterra(const double *u, double *du) {
    du[0] = p[0] * u[0] - p[1] * u[0] * u[1];
    du[1] = -p[2] * u[1] + p[3] * u[0] * u[1];
}

static void lotka_volterra_jvp(const double *u, const double *v, const double *q, double *y) {
    const double xy = u[0] * u[1], change = v[0] * u[1] + u[0] * v[1];
    y[0] = p[0] * v[0] - p[1] * change;
    y[1] = -p[2] * v[1] + p[3] * change;
    if (!q) return;
    y[0] += q[0] * u[0] - q[1] * xy;
    y[1] += -q[2] * u[1] + q[3] * xy;
}

static void lotka_volterra_by_states(const double *u, const double *v, double *y) {
    const double xy = p[3] * v[1] - p[1] * v[0];
    y[0] = p[0] * v[0] + xy * u[1];
    y[1] = -p[2] * v[1] + xy * u[0];
}

static void lotka_volterra_by_parameters(const double *u, const double *v, double *y) {
    const double xy = u[0] * u[1];
    y[0] = u[0] * v[0];
    y[1] = -xy * v[0];
    y[2] = -u[1] * v[1];
    y[3] = xy * v[1];
}

static void lotka_volterra_jac(const double *u, double *jac) {
    jac[0] = p[0] - p[1] * u[1];
    jac[1] = p[3] * u[1];
    jac[2] = -p[1] * u[0];
    jac[3] = p[3] * u[0] - p[2];
}

const struct model LOTKA_VOLTERRA = {"lotka_volterra",         4, 2, nothing, lotka_volterra, lotka_volterra_jvp,
                                     lotka_volterra_by_states, lotka_volterra_by_parameters, lotka_volterra_jac};

/* ---- pollution: each reaction with the species that its rate is proportional to, and what it changes. The loops are unrolled, so that
 * the tables are gone when it runs. */

enum { SPECIES = 20, REACTIONS = 25, MOST_CHANGES = 5 };

struct reaction {
    /* The second one is -1 if there is none. */
    int first, second, count;
    struct {
        int species;
        double by;
    } changes[MOST_CHANGES];
};

static const struct reaction TABLE[REACTIONS] = {
    {0, -1, 3, {{0, -1}, {1, 1}, {2, 1}}},
    {1, 3, 3, {{0, 1}, {1, -1}, {3, -1}}},
    {4, 1, 4, {{0, 1}, {1, -1}, {4, -1}, {5, 1}}},
    {6, -1, 3, {{4, 2}, {6, -1}, {7, 1}}},
    {6, -1, 2, {{6, -1}, {7, 1}}},
    {6, 5, 4, {{4, 1}, {5, -1}, {6, -1}, {7, 1}}},
    {8, -1, 4, {{4, 1}, {7, 1}, {8, -1}, {9, 1}}},
    {8, 5, 3, {{5, -1}, {8, -1}, {10, 1}}},
    {10, 1, 5, {{0, 1}, {1, -1}, {9, 1}, {10, -1}, {11, 1}}},
    {10, 0, 3, {{0, -1}, {10, -1}, {12, 1}}},
    {12, -1, 3, {{0, 1}, {10, 1}, {12, -1}}},
    {9, 1, 4, {{0, 1}, {1, -1}, {9, -1}, {13, 1}}},
    {13, -1, 3, {{4, 1}, {6, 1}, {13, -1}}},
    {0, 5, 3, {{0, -1}, {5, -1}, {14, 1}}},
    {2, -1, 2, {{2, -1}, {3, 1}}},
    {3, -1, 2, {{3, -1}, {15, 1}}},
    {3, -1, 2, {{2, 1}, {3, -1}}},
    {15, -1, 2, {{5, 2}, {15, -1}}},
    {15, -1, 2, {{2, 1}, {15, -1}}},
    {16, 5, 4, {{4, 1}, {5, -1}, {16, -1}, {17, 1}}},
    {18, -1, 2, {{1, 1}, {18, -1}}},
    {18, -1, 3, {{0, 1}, {2, 1}, {18, -1}}},
    {0, 3, 3, {{0, -1}, {3, -1}, {18, 1}}},
    {18, 0, 3, {{0, -1}, {18, -1}, {19, 1}}},
    {19, -1, 3, {{0, 1}, {18, 1}, {19, -1}}},
};

#define EACH_REACTION _Pragma("GCC unroll 32") for (int k = 0; k < REACTIONS; k++)
#define EACH_CHANGE(r) _Pragma("GCC unroll 8") for (int c = 0; c < (r)->count; c++)

static inline void add(const struct reaction *r, double rate, double *y) {
    EACH_CHANGE(r) y[r->changes[c].species] += r->changes[c].by * rate;
}

static inline double weigh(const struct reaction *r, const double *v) {
    double sum = 0.0;
    EACH_CHANGE(r) sum += r->changes[c].by * v[r->changes[c].species];
    return sum;
}

static inline double amount(const struct reaction *r, const double *u) {
    return r->second < 0 ? u[r->first] : u[r->first] * u[r->second];
}

static void pollution(const double *u, double *du) {
    double y[SPECIES] = {0};
    EACH_REACTION add(&TABLE[k], p[k] * amount(&TABLE[k], u), y);
    memcpy(du, y, sizeof y);
}

static void pollution_jvp(const double *u, const double *v, const double *q, double *out) {
    double y[SPECIES] = {0};
    EACH_REACTION {
        const struct reaction *r = &TABLE[k];
        double rate = p[k] * (r->second < 0 ? v[r->first] : v[r->first] * u[r->second] + u[r->first] * v[r->second]);
        if (q) rate += q[k] * amount(r, u);
        add(r, rate, y);
    }
    memcpy(out, y, sizeof y);
}

static void pollution_by_states(const double *u, const double *v, double *out) {
    double y[SPECIES] = {0};
    EACH_REACTION {
        const struct reaction *r = &TABLE[k];
        const double bar = p[k] * weigh(r, v);
        if (r->second < 0) {
            y[r->first] += bar;
        } else {
            y[r->first] += bar * u[r->second];
            y[r->second] += bar * u[r->first];
        }
    }
    memcpy(out, y, sizeof y);
}

static void pollution_by_parameters(const double *u, const double *v, double *y) {
    EACH_REACTION y[k] = weigh(&TABLE[k], v) * amount(&TABLE[k], u);
}

static void pollution_jac(const double *u, double *jac) {
    EACH_REACTION {
        const struct reaction *r = &TABLE[k];
        add(r, p[k] * (r->second < 0 ? 1.0 : u[r->second]), jac + r->first * SPECIES);
        if (r->second >= 0) add(r, p[k] * u[r->first], jac + r->second * SPECIES);
    }
}

const struct model POLLUTION = {"pollution",         REACTIONS, SPECIES, nothing, pollution, pollution_jvp,
                                pollution_by_states, pollution_by_parameters, pollution_jac};
