;; Frozen weights into and out of their packed forms (the layout is in `matrix.ts`), in the WASM backend's own memory.
;;
;; All matrices are row-major. `bits` is 16 (halves), 8 or 4 (codes in groups of 32 columns). Whole groups are worked on
;; sixteen bytes at a time, what is left of a row number by number by the same arithmetic. Rows and columns are at least 1.
(module
  (import "tfjs" "memory" MEMORY)

  ;; ---- Single numbers, four at a time ----

  ;; Halves as floats: exact, subnormals, infinities and NaN included. Read as the top of a float, a half is 2^112 too small.
  (func $widen (param $half v128) (result v128)
    (local $magnitude v128)
    (local.set $magnitude (v128.and (local.get $half) (v128.const i32x4 0x7fff 0x7fff 0x7fff 0x7fff)))
    (v128.or
      (v128.or
        (f32x4.mul (i32x4.shl (local.get $magnitude) (i32.const 13)) (v128.const f32x4 0x1p112 0x1p112 0x1p112 0x1p112))
        (v128.and
          (i32x4.gt_s (local.get $magnitude) (v128.const i32x4 0x7bff 0x7bff 0x7bff 0x7bff))
          (v128.const i32x4 0x7f800000 0x7f800000 0x7f800000 0x7f800000)))
      (i32x4.shl (v128.xor (local.get $half) (local.get $magnitude)) (i32.const 16))))

  ;; Floats as halves: nearest, ties to even, and never beyond 65504.
  (func $narrow (param $float v128) (result v128)
    (local $magnitude v128) (local $sign v128)
    (local.set $magnitude (v128.and (local.get $float) (v128.const i32x4 0x7fffffff 0x7fffffff 0x7fffffff 0x7fffffff)))
    (local.set $sign (i32x4.shr_u (v128.xor (local.get $float) (local.get $magnitude)) (i32.const 16)))
    (local.set $magnitude (i32x4.min_s (local.get $magnitude) (v128.const i32x4 0x477fe000 0x477fe000 0x477fe000 0x477fe000)))
    (v128.or (local.get $sign)
      (v128.bitselect
        ;; A subnormal half counts steps of 2^-24, which is what the addition of 0.5 rounds to.
        (i32x4.sub
          (f32x4.add (local.get $magnitude) (v128.const f32x4 0.5 0.5 0.5 0.5))
          (v128.const f32x4 0.5 0.5 0.5 0.5))
        ;; The exponent's bias falls by 112; a carry out of the fraction moves into it.
        (i32x4.shr_u
          (i32x4.add
            (i32x4.sub (local.get $magnitude) (v128.const i32x4 0x37fff001 0x37fff001 0x37fff001 0x37fff001))
            (v128.and
              (i32x4.shr_u (local.get $magnitude) (i32.const 13))
              (v128.const i32x4 1 1 1 1)))
          (i32.const 13))
        (i32x4.lt_s (local.get $magnitude) (v128.const i32x4 0x38800000 0x38800000 0x38800000 0x38800000)))))

  ;; ---- Runs of numbers ----

  (func $widenHalf (export "widenHalf") (param $from i32) (param $to i32) (param $count i32)
    (local $half v128) (local $magnitude v128)
    (block $rest
      (loop $fours
        (br_if $rest (i32.lt_u (local.get $count) (i32.const 4)))
        ;; As $widen does; a call for every four numbers would take longer than they do.
        (local.set $half (v128.load16x4_u (local.get $from)))
        (local.set $magnitude (v128.and (local.get $half) (v128.const i32x4 0x7fff 0x7fff 0x7fff 0x7fff)))
        (v128.store (local.get $to)
          (v128.or
            (v128.or
              (f32x4.mul (i32x4.shl (local.get $magnitude) (i32.const 13)) (v128.const f32x4 0x1p112 0x1p112 0x1p112 0x1p112))
              (v128.and
                (i32x4.gt_s (local.get $magnitude) (v128.const i32x4 0x7bff 0x7bff 0x7bff 0x7bff))
                (v128.const i32x4 0x7f800000 0x7f800000 0x7f800000 0x7f800000)))
            (i32x4.shl (v128.xor (local.get $half) (local.get $magnitude)) (i32.const 16))))
        (local.set $from (i32.add (local.get $from) (i32.const 8)))
        (local.set $to (i32.add (local.get $to) (i32.const 16)))
        (local.set $count (i32.sub (local.get $count) (i32.const 4)))
        (br $fours)))
    (block $done
      (loop $ones
        (br_if $done (i32.eqz (local.get $count)))
        (v128.store32_lane 0 (local.get $to) (call $widen (i32x4.splat (i32.load16_u (local.get $from)))))
        (local.set $from (i32.add (local.get $from) (i32.const 2)))
        (local.set $to (i32.add (local.get $to) (i32.const 4)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $ones))))

  ;; A bfloat16 is the upper half of a float.
  (func (export "widenBrain") (param $from i32) (param $to i32) (param $count i32)
    (block $rest
      (loop $fours
        (br_if $rest (i32.lt_u (local.get $count) (i32.const 4)))
        (v128.store (local.get $to) (i32x4.shl (v128.load16x4_u (local.get $from)) (i32.const 16)))
        (local.set $from (i32.add (local.get $from) (i32.const 8)))
        (local.set $to (i32.add (local.get $to) (i32.const 16)))
        (local.set $count (i32.sub (local.get $count) (i32.const 4)))
        (br $fours)))
    (block $done
      (loop $ones
        (br_if $done (i32.eqz (local.get $count)))
        (i32.store (local.get $to) (i32.shl (i32.load16_u (local.get $from)) (i32.const 16)))
        (local.set $from (i32.add (local.get $from) (i32.const 2)))
        (local.set $to (i32.add (local.get $to) (i32.const 4)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $ones))))

  ;; An odd row ends with a half of zero.
  (func $narrowRow (param $from i32) (param $to i32) (param $count i32)
    (local $odd i32)
    (local.set $odd (i32.and (local.get $count) (i32.const 1)))
    (block $rest
      (loop $eights
        (br_if $rest (i32.lt_u (local.get $count) (i32.const 8)))
        (v128.store (local.get $to) (i16x8.narrow_i32x4_u
          (call $narrow (v128.load (local.get $from)))
          (call $narrow (v128.load offset=16 (local.get $from)))))
        (local.set $from (i32.add (local.get $from) (i32.const 32)))
        (local.set $to (i32.add (local.get $to) (i32.const 16)))
        (local.set $count (i32.sub (local.get $count) (i32.const 8)))
        (br $eights)))
    (block $done
      (loop $ones
        (br_if $done (i32.eqz (local.get $count)))
        (v128.store16_lane 0 (local.get $to) (call $narrow (v128.load32_splat (local.get $from))))
        (local.set $from (i32.add (local.get $from) (i32.const 4)))
        (local.set $to (i32.add (local.get $to) (i32.const 2)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $ones)))
    (if (local.get $odd) (then (i32.store16 (local.get $to) (i32.const 0)))))

  ;; ---- Packing ----

  (func $wordBytes (param $columns i32) (param $bits i32) (result i32)
    (i32.shl
      (i32.shr_u (i32.add (i32.mul (local.get $columns) (local.get $bits)) (i32.const 31)) (i32.const 5))
      (i32.const 2)))

  (func $scaleBytes (param $columns i32) (result i32)
    (i32.shl (i32.shr_u (i32.add (local.get $columns) (i32.const 31)) (i32.const 5)) (i32.const 2)))

  (func (export "pack")
    (param $from i32) (param $rows i32) (param $columns i32) (param $bits i32) (param $words i32) (param $scales i32)
    (loop $each
      (if (i32.eq (local.get $bits) (i32.const 16))
        (then (call $narrowRow (local.get $from) (local.get $words) (local.get $columns)))
        (else (call $packRow (local.get $from) (local.get $columns) (local.get $bits) (local.get $words) (local.get $scales))))
      (local.set $from (i32.add (local.get $from) (i32.shl (local.get $columns) (i32.const 2))))
      (local.set $words (i32.add (local.get $words) (call $wordBytes (local.get $columns) (local.get $bits))))
      (local.set $scales (i32.add (local.get $scales) (call $scaleBytes (local.get $columns))))
      (br_if $each (local.tee $rows (i32.sub (local.get $rows) (i32.const 1))))))

  (func $packRow (param $from i32) (param $left i32) (param $bits i32) (param $words i32) (param $scales i32)
    (local $count i32) (local $levels v128) (local $reciprocal v128) (local $halves v128)
    (local $scale v128) (local $zero v128) (local $inverse v128) (local $low v128) (local $high v128)
    (local.set $levels (f32x4.splat (f32.convert_i32_s (i32.sub (i32.shl (i32.const 1) (local.get $bits)) (i32.const 1)))))
    (local.set $reciprocal (f32x4.div (v128.const f32x4 1 1 1 1) (local.get $levels)))
    (loop $groups
      (local.set $count (select (local.get $left) (i32.const 32) (i32.lt_u (local.get $left) (i32.const 32))))
      (call $range (local.get $from) (local.get $count))
      (local.set $high)
      (local.set $low)
      ;; Scale and zero are halves before a code is computed, so that the codes fit what is read back. Lanes 0 and 1.
      (local.set $halves (call $narrow (i8x16.shuffle 0 1 2 3 16 17 18 19 0 1 2 3 16 17 18 19
        (f32x4.mul (f32x4.sub (local.get $high) (local.get $low)) (local.get $reciprocal))
        (local.get $low))))
      (i32.store16 (local.get $scales) (i32x4.extract_lane 0 (local.get $halves)))
      (i32.store16 offset=2 (local.get $scales) (i32x4.extract_lane 1 (local.get $halves)))
      (local.set $halves (call $widen (local.get $halves)))
      (local.set $scale (f32x4.splat (f32x4.extract_lane 0 (local.get $halves))))
      (local.set $zero (f32x4.splat (f32x4.extract_lane 1 (local.get $halves))))
      (local.set $inverse (v128.and
        (f32x4.div (v128.const f32x4 1 1 1 1) (local.get $scale))
        (f32x4.gt (local.get $scale) (v128.const f32x4 0 0 0 0))))
      (if (i32.eq (local.get $count) (i32.const 32))
        (then
          (local.set $low (call $sixteen (local.get $from) (local.get $zero) (local.get $inverse) (local.get $levels)))
          (local.set $high (call $sixteen
            (i32.add (local.get $from) (i32.const 64)) (local.get $zero) (local.get $inverse) (local.get $levels)))
          (if (i32.eq (local.get $bits) (i32.const 8))
            (then
              (v128.store (local.get $words) (local.get $low))
              (v128.store offset=16 (local.get $words) (local.get $high)))
            (else (v128.store (local.get $words)
              (i8x16.narrow_i16x8_u (call $nibbles (local.get $low)) (call $nibbles (local.get $high)))))))
        (else (call $packRest
          (local.get $from) (local.get $count) (local.get $bits) (local.get $words)
          (local.get $zero) (local.get $inverse) (local.get $levels))))
      (local.set $from (i32.add (local.get $from) (i32.const 128)))
      (local.set $words (i32.add (local.get $words) (i32.shl (local.get $bits) (i32.const 2))))
      (local.set $scales (i32.add (local.get $scales) (i32.const 4)))
      (br_if $groups (local.tee $left (i32.sub (local.get $left) (local.get $count))))))

  ;; Least and greatest of a group, within what a half reaches, in all lanes.
  (func $range (param $from i32) (param $count i32) (result v128 v128)
    (local $low v128) (local $high v128) (local $next v128)
    (local.set $low (v128.load32_splat (local.get $from)))
    (local.set $high (local.get $low))
    (if (i32.eq (local.get $count) (i32.const 32))
      (then
        (loop $fours
          (local.set $next (v128.load (local.get $from)))
          (local.set $low (f32x4.pmin (local.get $low) (local.get $next)))
          (local.set $high (f32x4.pmax (local.get $high) (local.get $next)))
          (local.set $from (i32.add (local.get $from) (i32.const 16)))
          (br_if $fours (local.tee $count (i32.sub (local.get $count) (i32.const 4)))))
        ;; Across the lanes: halves exchanged, then neighbours.
        (local.set $low (f32x4.pmin (local.get $low)
          (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $low) (local.get $low))))
        (local.set $high (f32x4.pmax (local.get $high)
          (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $high) (local.get $high))))
        (local.set $low (f32x4.pmin (local.get $low)
          (i8x16.shuffle 4 5 6 7 0 1 2 3 12 13 14 15 8 9 10 11 (local.get $low) (local.get $low))))
        (local.set $high (f32x4.pmax (local.get $high)
          (i8x16.shuffle 4 5 6 7 0 1 2 3 12 13 14 15 8 9 10 11 (local.get $high) (local.get $high)))))
      (else
        (loop $ones
          (local.set $next (v128.load32_splat (local.get $from)))
          (local.set $low (f32x4.pmin (local.get $low) (local.get $next)))
          (local.set $high (f32x4.pmax (local.get $high) (local.get $next)))
          (local.set $from (i32.add (local.get $from) (i32.const 4)))
          (br_if $ones (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))))
    (f32x4.pmin (v128.const f32x4 65504 65504 65504 65504)
      (f32x4.pmax (v128.const f32x4 -65504 -65504 -65504 -65504) (local.get $low)))
    (f32x4.pmin (v128.const f32x4 65504 65504 65504 65504)
      (f32x4.pmax (v128.const f32x4 -65504 -65504 -65504 -65504) (local.get $high))))

  ;; floor((w - zero) / scale + 1/2), at least 0 and at most the number of levels, as what that adds to the bits of 2^23.
  (func $codes (param $weights v128) (param $zero v128) (param $inverse v128) (param $levels v128) (result v128)
    (f32x4.add (v128.const f32x4 0x1p23 0x1p23 0x1p23 0x1p23) (f32x4.floor
      (f32x4.pmin (local.get $levels) (f32x4.pmax (v128.const f32x4 0 0 0 0)
        (f32x4.add (v128.const f32x4 0.5 0.5 0.5 0.5)
          (f32x4.mul (f32x4.sub (local.get $weights) (local.get $zero)) (local.get $inverse))))))))

  ;; The codes of sixteen numbers as bytes: the lowest byte of each lane of $codes, which is spelt out here since four calls
  ;; would take longer than they do, put together in two steps.
  (func $sixteen (param $from i32) (param $zero v128) (param $inverse v128) (param $levels v128) (result v128)
    (i8x16.shuffle 0 2 4 6 8 10 12 14 16 18 20 22 24 26 28 30
      (i8x16.shuffle 0 1 4 5 8 9 12 13 16 17 20 21 24 25 28 29
        (f32x4.add (v128.const f32x4 0x1p23 0x1p23 0x1p23 0x1p23) (f32x4.floor
          (f32x4.pmin (local.get $levels) (f32x4.pmax (v128.const f32x4 0 0 0 0)
            (f32x4.add (v128.const f32x4 0.5 0.5 0.5 0.5)
              (f32x4.mul (f32x4.sub (v128.load (local.get $from)) (local.get $zero)) (local.get $inverse)))))))
        (f32x4.add (v128.const f32x4 0x1p23 0x1p23 0x1p23 0x1p23) (f32x4.floor
          (f32x4.pmin (local.get $levels) (f32x4.pmax (v128.const f32x4 0 0 0 0)
            (f32x4.add (v128.const f32x4 0.5 0.5 0.5 0.5)
              (f32x4.mul (f32x4.sub (v128.load offset=16 (local.get $from)) (local.get $zero)) (local.get $inverse))))))))
      (i8x16.shuffle 0 1 4 5 8 9 12 13 16 17 20 21 24 25 28 29
        (f32x4.add (v128.const f32x4 0x1p23 0x1p23 0x1p23 0x1p23) (f32x4.floor
          (f32x4.pmin (local.get $levels) (f32x4.pmax (v128.const f32x4 0 0 0 0)
            (f32x4.add (v128.const f32x4 0.5 0.5 0.5 0.5)
              (f32x4.mul (f32x4.sub (v128.load offset=32 (local.get $from)) (local.get $zero)) (local.get $inverse)))))))
        (f32x4.add (v128.const f32x4 0x1p23 0x1p23 0x1p23 0x1p23) (f32x4.floor
          (f32x4.pmin (local.get $levels) (f32x4.pmax (v128.const f32x4 0 0 0 0)
            (f32x4.add (v128.const f32x4 0.5 0.5 0.5 0.5)
              (f32x4.mul (f32x4.sub (v128.load offset=48 (local.get $from)) (local.get $zero)) (local.get $inverse))))))))))

  ;; Each pair of bytes as one, in lanes of 16 bits.
  (func $nibbles (param $bytes v128) (result v128)
    (v128.and
      (v128.or (local.get $bytes) (i16x8.shr_u (local.get $bytes) (i32.const 4)))
      (v128.const i16x8 0xff 0xff 0xff 0xff 0xff 0xff 0xff 0xff)))

  ;; What is left of a row, less than a group.
  (func $packRest
    (param $from i32) (param $count i32) (param $bits i32) (param $words i32)
    (param $zero v128) (param $inverse v128) (param $levels v128)
    (local $word i32) (local $shift i32)
    (loop $ones
      (local.set $word (i32.or (local.get $word) (i32.shl
        (i8x16.extract_lane_u 0 (call $codes
          (v128.load32_splat (local.get $from)) (local.get $zero) (local.get $inverse) (local.get $levels)))
        (local.get $shift))))
      (local.set $shift (i32.add (local.get $shift) (local.get $bits)))
      (local.set $count (i32.sub (local.get $count) (i32.const 1)))
      (if (i32.or (i32.eq (local.get $shift) (i32.const 32)) (i32.eqz (local.get $count)))
        (then
          (i32.store (local.get $words) (local.get $word))
          (local.set $words (i32.add (local.get $words) (i32.const 4)))
          (local.set $word (i32.const 0))
          (local.set $shift (i32.const 0))))
      (local.set $from (i32.add (local.get $from) (i32.const 4)))
      (br_if $ones (local.get $count))))

  ;; ---- Unpacking ----

  ;; Rows of floats that begin `stride` bytes apart.
  (func (export "unpack")
    (param $words i32) (param $scales i32) (param $rows i32) (param $columns i32) (param $bits i32) (param $to i32) (param $stride i32)
    (loop $each
      (if (i32.eq (local.get $bits) (i32.const 16))
        (then (call $widenHalf (local.get $words) (local.get $to) (local.get $columns)))
        (else (call $unpackRow (local.get $words) (local.get $scales) (local.get $columns) (local.get $bits) (local.get $to))))
      (local.set $words (i32.add (local.get $words) (call $wordBytes (local.get $columns) (local.get $bits))))
      (local.set $scales (i32.add (local.get $scales) (call $scaleBytes (local.get $columns))))
      (local.set $to (i32.add (local.get $to) (local.get $stride)))
      (br_if $each (local.tee $rows (i32.sub (local.get $rows) (i32.const 1))))))

  (func $unpackRow (param $words i32) (param $scales i32) (param $left i32) (param $bits i32) (param $to i32)
    (local $count i32) (local $scale v128) (local $zero v128) (local $even v128) (local $odd v128)
    (loop $groups
      (local.set $count (select (local.get $left) (i32.const 32) (i32.lt_u (local.get $left) (i32.const 32))))
      (local.set $scale (call $widen (i32x4.splat (i32.load16_u (local.get $scales)))))
      (local.set $zero (call $widen (i32x4.splat (i32.load16_u offset=2 (local.get $scales)))))
      (if (i32.lt_u (local.get $count) (i32.const 32))
        (then (call $unpackRest
          (local.get $words) (local.get $count) (local.get $bits) (local.get $to)
          (f32x4.extract_lane 0 (local.get $scale)) (f32x4.extract_lane 0 (local.get $zero))))
        (else (if (i32.eq (local.get $bits) (i32.const 8))
          (then
            (call $spread (v128.load (local.get $words)) (local.get $scale) (local.get $zero) (local.get $to))
            (call $spread (v128.load offset=16 (local.get $words))
              (local.get $scale) (local.get $zero) (i32.add (local.get $to) (i32.const 64))))
          (else
            (local.set $odd (v128.load (local.get $words)))
            (local.set $even (v128.and (local.get $odd) (i8x16.splat (i32.const 15))))
            (local.set $odd (i8x16.shr_u (local.get $odd) (i32.const 4)))
            (call $spread
              (i8x16.shuffle 0 16 1 17 2 18 3 19 4 20 5 21 6 22 7 23 (local.get $even) (local.get $odd))
              (local.get $scale) (local.get $zero) (local.get $to))
            (call $spread
              (i8x16.shuffle 8 24 9 25 10 26 11 27 12 28 13 29 14 30 15 31 (local.get $even) (local.get $odd))
              (local.get $scale) (local.get $zero) (i32.add (local.get $to) (i32.const 64)))))))
      (local.set $words (i32.add (local.get $words) (i32.shl (local.get $bits) (i32.const 2))))
      (local.set $scales (i32.add (local.get $scales) (i32.const 4)))
      (local.set $to (i32.add (local.get $to) (i32.const 128)))
      (br_if $groups (local.tee $left (i32.sub (local.get $left) (local.get $count))))))

  ;; Sixteen codes, a byte each, as floats.
  (func $spread (param $codes v128) (param $scale v128) (param $zero v128) (param $to i32)
    (local $half v128)
    (local.set $half (i16x8.extend_low_i8x16_u (local.get $codes)))
    (v128.store (local.get $to) (f32x4.add (local.get $zero)
      (f32x4.mul (local.get $scale) (f32x4.convert_i32x4_s (i32x4.extend_low_i16x8_u (local.get $half))))))
    (v128.store offset=16 (local.get $to) (f32x4.add (local.get $zero)
      (f32x4.mul (local.get $scale) (f32x4.convert_i32x4_s (i32x4.extend_high_i16x8_u (local.get $half))))))
    (local.set $half (i16x8.extend_high_i8x16_u (local.get $codes)))
    (v128.store offset=32 (local.get $to) (f32x4.add (local.get $zero)
      (f32x4.mul (local.get $scale) (f32x4.convert_i32x4_s (i32x4.extend_low_i16x8_u (local.get $half))))))
    (v128.store offset=48 (local.get $to) (f32x4.add (local.get $zero)
      (f32x4.mul (local.get $scale) (f32x4.convert_i32x4_s (i32x4.extend_high_i16x8_u (local.get $half)))))))

  (func $unpackRest (param $words i32) (param $count i32) (param $bits i32) (param $to i32) (param $scale f32) (param $zero f32)
    (local $shift i32)
    (loop $ones
      (f32.store (local.get $to) (f32.add (local.get $zero) (f32.mul (local.get $scale) (f32.convert_i32_s (i32.and
        (i32.shr_u (i32.load (local.get $words)) (local.get $shift))
        (i32.sub (i32.shl (i32.const 1) (local.get $bits)) (i32.const 1)))))))
      (local.set $to (i32.add (local.get $to) (i32.const 4)))
      (if (i32.eq (local.tee $shift (i32.add (local.get $shift) (local.get $bits))) (i32.const 32))
        (then
          (local.set $shift (i32.const 0))
          (local.set $words (i32.add (local.get $words) (i32.const 4)))))
      (br_if $ones (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))))
