// DB-Focal with hard labels and its gradient, written by hand with the SIMD intrinsics of WebAssembly: the yardstick for
// compiled kernels. `hand-written-module.ts` has the module, and says how it is built.
#include <wasm_simd128.h>

typedef v128_t vec;
#define SPLAT wasm_f32x4_splat
#define LOAD wasm_v128_load
#define ADD wasm_f32x4_add
#define SUB wasm_f32x4_sub
#define MUL wasm_f32x4_mul
#define MADD(x, y, z) ADD(MUL(x, y), z)
#define CHOOSE(mask, when, otherwise) wasm_v128_bitselect(when, otherwise, mask)

/** Float32 sums run over so many classes, and are then added up in float64. */
#define BLOCK 64

static inline float sum_of(vec x) {
  return wasm_f32x4_extract_lane(x, 0) + wasm_f32x4_extract_lane(x, 1) + wasm_f32x4_extract_lane(x, 2) +
         wasm_f32x4_extract_lane(x, 3);
}

/** e^x for x up to 88; polynomials by Estrin's scheme, which has the shortest chain. */
static inline vec exp_below_88(vec x) {
  x = wasm_f32x4_pmax(x, SPLAT(-88));
  vec rounded = MADD(x, SPLAT(1.44269504f), SPLAT(12583039));
  vec n = SUB(rounded, SPLAT(12583039));
  vec r = SUB(SUB(x, MUL(n, SPLAT(0.693359375f))), MUL(n, SPLAT(-2.12194440e-4f)));
  vec r2 = MUL(r, r);
  vec high = MADD(SPLAT(0.008363205008208752f), r, SPLAT(0.041666463017463684f));
  high = MADD(SPLAT(0.001393368816934526f), r2, high);
  vec p = MADD(high, r2, MADD(SPLAT(0.16666576266288757f), r, SPLAT(0.5f)));
  vec scale = wasm_i32x4_shl(rounded, 23);
  return MADD(scale, MADD(p, r2, r), scale);
}

/** log(1 + t) for 0 ≤ t ≤ 1. */
static inline vec log1p_of_unit(vec t) {
  vec t2 = MUL(t, t), t4 = MUL(t2, t2);
  vec low = MADD(MADD(SPLAT(-0.24844369292259216f), t, SPLAT(0.33319270610809326f)), t2,
                 MADD(SPLAT(-0.49999502301216125f), t, SPLAT(1)));
  vec high = MADD(MADD(SPLAT(-0.02958850748836994f), t, SPLAT(0.07836166769266129f)), t2,
                  MADD(SPLAT(-0.13674770295619965f), t, SPLAT(0.19111430644989014f)));
  high = MADD(SPLAT(0.005253457929939032f), t4, high);
  return MUL(t, MADD(high, t4, low));
}

typedef struct {
  vec alpha, betaMu, lambda, ofPositives, ofNegatives, scale;
} Parameters;

/** Stores the gradient of four elements and gives their losses. `ratio` is β over the row's sum of 1 / n. */
static inline vec four(const float *logits, const float *labels, const float *inverse, const float *shift,
                       float *gradient, vec ratio, Parameters k) {
  vec one = SPLAT(1), zero = SPLAT(0);
  vec positive = wasm_f32x4_gt(LOAD(labels), SPLAT(0.5f));
  vec weight = exp_below_88(SUB(k.betaMu, MUL(LOAD(inverse), ratio)));
  weight = ADD(k.alpha, wasm_f32x4_div(one, ADD(one, weight)));
  vec sign = CHOOSE(positive, SPLAT(-1), k.lambda);
  vec u = MUL(ADD(LOAD(logits), LOAD(shift)), sign);
  vec t = exp_below_88(wasm_v128_or(u, SPLAT(-0.0f)));
  vec upper = wasm_f32x4_div(one, ADD(one, t));
  // q = σ(u) and p = σ(−u) are t / (1 + t) and 1 / (1 + t), or the other way round: the bits in which they differ tell.
  vec difference = wasm_v128_xor(upper, MUL(t, upper));
  vec q = wasm_v128_xor(upper, wasm_v128_and(difference, wasm_f32x4_lt(u, zero)));
  vec p = wasm_v128_xor(q, difference);
  vec softplus = ADD(wasm_f32x4_pmax(u, zero), log1p_of_unit(t));
  vec factor = MUL(MUL(weight, CHOOSE(positive, k.ofPositives, k.ofNegatives)), MUL(q, q));
  vec slope = MUL(factor, MADD(ADD(p, p), softplus, q));
  wasm_v128_store(gradient, MUL(slope, MUL(sign, k.scale)));
  return MUL(factor, softplus);
}

/**
 * `inverse` and `shift` are 1 / n and κ logit(p). C is at least 4: the last four classes of a row are computed together,
 * and those of them that were counted before are not counted again. β μ is at most 88.
 */
double db_focal(int batchSize, int classCount, const float *logits, const float *labels, const float *inverse,
                const float *shift, float *gradient, float alpha, float beta, float mu, float lambda, float balance) {
  double total = 0;
  const Parameters k = {SPLAT(alpha),   SPLAT(beta * mu),        SPLAT(lambda),
                        SPLAT(balance), SPLAT(balance / lambda), SPLAT(1.0f / ((float)batchSize * (float)classCount))};
  int whole = classCount & ~3, last = classCount - 4;
  vec isNew = wasm_i32x4_gt(wasm_i32x4_make(0, 1, 2, 3), wasm_i32x4_splat(3 - (classCount - whole)));
  for (int row = 0; row < batchSize; row++) {
    const float *z = logits + row * classCount, *y = labels + row * classCount;
    float *g = gradient + row * classCount;
    vec sums = wasm_v128_and(MUL(LOAD(y + last), LOAD(inverse + last)), isNew);
    for (int i = 0; i < whole; i += 4) sums = MADD(LOAD(y + i), LOAD(inverse + i), sums);
    float shown = sum_of(sums);
    vec ratio = SPLAT(shown > 0 ? beta / shown : 3e38f);
    for (int start = 0; start < whole; start += BLOCK) {
      int end = start + BLOCK < whole ? start + BLOCK : whole;
      vec losses = SPLAT(0);
      for (int i = start; i < end; i += 4) losses = ADD(losses, four(z + i, y + i, inverse + i, shift + i, g + i, ratio, k));
      total += sum_of(losses);
    }
    if (whole < classCount) {
      vec losses = four(z + last, y + last, inverse + last, shift + last, g + last, ratio, k);
      total += sum_of(wasm_v128_and(losses, isNew));
    }
  }
  return total / ((double)batchSize * classCount);
}

/** Reads and writes what a loss and its gradient do, and computes next to nothing: the limit that the memory sets. */
void move(int size, const float *logits, const float *labels, float *gradient) {
  for (int i = 0; i < size; i += 4) wasm_v128_store(gradient + i, ADD(LOAD(logits + i), LOAD(labels + i)));
}
