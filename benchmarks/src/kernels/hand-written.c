// DB-Focal with hard labels and its gradient, written by hand with the SIMD intrinsics of WebAssembly: the yardstick for
// compiled kernels. Built by `hand-written.sh`; the binary module stands in `hand-written-module.ts`.
#include <wasm_simd128.h>

typedef v128_t vec;
#define SPLAT wasm_f32x4_splat
#define ADD wasm_f32x4_add
#define SUB wasm_f32x4_sub
#define MUL wasm_f32x4_mul

static inline vec exp_of_negative(vec x) {
  x = wasm_f32x4_pmax(x, SPLAT(-88.0f));
  vec rounded = ADD(MUL(x, SPLAT(1.44269504f)), SPLAT(12583039.0f));
  vec n = SUB(rounded, SPLAT(12583039.0f));
  vec r = SUB(SUB(x, MUL(n, SPLAT(0.693359375f))), MUL(n, SPLAT(-2.12194440e-4f)));
  vec p = SPLAT(0.001393368816934526f);
  p = ADD(MUL(p, r), SPLAT(0.008363205008208752f));
  p = ADD(MUL(p, r), SPLAT(0.041666463017463684f));
  p = ADD(MUL(p, r), SPLAT(0.16666576266288757f));
  p = ADD(MUL(p, r), SPLAT(0.5f));
  p = ADD(r, MUL(MUL(r, r), p));
  vec scale = wasm_i32x4_shl(rounded, 23);
  return ADD(scale, MUL(scale, p));
}

static inline vec log1p_of_unit(vec t) {
  static const float c[] = {0.005253457929939032f,  -0.02958850748836994f, 0.07836166769266129f, -0.13674770295619965f,
                            0.19111430644989014f, -0.24844369292259216f, 0.33319270610809326f, -0.49999502301216125f, 1.0f};
  vec p = SPLAT(c[0]);
  for (int i = 1; i < 9; i++) p = ADD(MUL(p, t), SPLAT(c[i]));
  return MUL(t, p);
}

/** `inverse` and `shift` are 1 / n and κ logit(p), padded to whole vectors; C is a multiple of 4. */
double db_focal(int batchSize, int classCount, const float *logits, const float *labels, const float *inverse,
                const float *shift, float *gradient, float alpha, float beta, float mu, float lambda, float balance) {
  double total = 0;
  vec one = SPLAT(1), zero = SPLAT(0), half = SPLAT(0.5f);
  float scale = 1.0f / ((float)batchSize * (float)classCount);
  for (int row = 0; row < batchSize; row++) {
    const float *z = logits + row * classCount, *y = labels + row * classCount;
    float *g = gradient + row * classCount;
    vec sums = zero;
    for (int i = 0; i < classCount; i += 4) sums = ADD(sums, MUL(wasm_v128_load(y + i), wasm_v128_load(inverse + i)));
    float shown = wasm_f32x4_extract_lane(sums, 0) + wasm_f32x4_extract_lane(sums, 1) +
                  wasm_f32x4_extract_lane(sums, 2) + wasm_f32x4_extract_lane(sums, 3);
    vec ratio = SPLAT(shown > 0 ? beta / shown : 3e38f);
    vec low = zero, high = zero;
    for (int i = 0; i < classCount; i += 4) {
      vec positive = wasm_f32x4_gt(wasm_v128_load(y + i), half);
      vec weight = wasm_f32x4_pmin(SUB(SPLAT(beta * mu), MUL(wasm_v128_load(inverse + i), ratio)), SPLAT(88));
      weight = ADD(SPLAT(alpha), wasm_f32x4_div(one, ADD(one, exp_of_negative(weight))));
      vec shifted = ADD(wasm_v128_load(z + i), wasm_v128_load(shift + i));
      vec u = MUL(shifted, wasm_v128_bitselect(SPLAT(-1), SPLAT(lambda), positive));
      vec t = exp_of_negative(wasm_f32x4_neg(wasm_f32x4_abs(u)));
      vec upper = wasm_f32x4_div(one, ADD(one, t));
      vec lower = MUL(t, upper);
      vec negative = wasm_f32x4_lt(u, zero);
      vec q = wasm_v128_bitselect(lower, upper, negative), p = wasm_v128_bitselect(upper, lower, negative);
      vec softplus = ADD(wasm_f32x4_pmax(u, zero), log1p_of_unit(t));
      vec factor = MUL(MUL(weight, SPLAT(balance)), MUL(q, q));
      vec loss = MUL(MUL(factor, softplus), wasm_v128_bitselect(one, SPLAT(1 / lambda), positive));
      low = wasm_f64x2_add(low, wasm_f64x2_promote_low_f32x4(loss));
      high = wasm_f64x2_add(high, wasm_f64x2_promote_low_f32x4(wasm_i32x4_shuffle(loss, loss, 2, 3, 0, 1)));
      vec slope = MUL(factor, ADD(q, MUL(MUL(SPLAT(2), p), softplus)));
      wasm_v128_store(g + i, MUL(slope, wasm_v128_bitselect(SPLAT(-scale), SPLAT(scale), positive)));
    }
    vec both = wasm_f64x2_add(low, high);
    total += wasm_f64x2_extract_lane(both, 0) + wasm_f64x2_extract_lane(both, 1);
  }
  return total / ((double)batchSize * classCount);
}
