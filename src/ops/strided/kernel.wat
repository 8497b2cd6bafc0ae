;; Transposition and products of matrices of 32-bit floats whose rows begin a given number of bytes apart, in the WASM
;; backend's own memory: what is done with a strip of a matrix while it lies in the processor's cache.
(module
  (import "tfjs" "memory" MEMORY)

  ;; C[i, j] = A[i]*B[j] for rows of `count` numbers that follow each other: for few rows of A, or few of B.
  (func (export "dots")
    (param $a i32) (param $m i32) (param $b i32) (param $n i32) (param $count i32) (param $c i32) (param $stride i32)
    (local $j i32) (local $atB i32) (local $atC i32) (local $row i32)
    (local.set $row (i32.shl (local.get $count) (i32.const 2)))
    (loop $rows
      (local.set $j (local.get $n))
      (local.set $atB (local.get $b))
      (local.set $atC (local.get $c))
      (loop $columns
        (f32.store (local.get $atC) (call $dot (local.get $a) (local.get $atB) (local.get $count)))
        (local.set $atB (i32.add (local.get $atB) (local.get $row)))
        (local.set $atC (i32.add (local.get $atC) (i32.const 4)))
        (br_if $columns (local.tee $j (i32.sub (local.get $j) (i32.const 1)))))
      (local.set $a (i32.add (local.get $a) (local.get $row)))
      (local.set $c (i32.add (local.get $c) (local.get $stride)))
      (br_if $rows (local.tee $m (i32.sub (local.get $m) (i32.const 1))))))

  (func $dot (param $a i32) (param $b i32) (param $count i32) (result f32)
    (local $s v128) (local $t v128) (local $sum f32)
    (block $rest
      (loop $eights
        (br_if $rest (i32.lt_u (local.get $count) (i32.const 8)))
        (local.set $s (f32x4.add (local.get $s) (f32x4.mul (v128.load (local.get $a)) (v128.load (local.get $b)))))
        (local.set $t (f32x4.add (local.get $t) (f32x4.mul (v128.load offset=16 (local.get $a)) (v128.load offset=16 (local.get $b)))))
        (local.set $a (i32.add (local.get $a) (i32.const 32)))
        (local.set $b (i32.add (local.get $b) (i32.const 32)))
        (local.set $count (i32.sub (local.get $count) (i32.const 8)))
        (br $eights)))
    (local.set $s (f32x4.add (local.get $s) (local.get $t)))
    (local.set $sum (f32.add
      (f32.add (f32x4.extract_lane 0 (local.get $s)) (f32x4.extract_lane 1 (local.get $s)))
      (f32.add (f32x4.extract_lane 2 (local.get $s)) (f32x4.extract_lane 3 (local.get $s)))))
    (block $done
      (loop $ones
        (br_if $done (i32.eqz (local.get $count)))
        (local.set $sum (f32.add (local.get $sum) (f32.mul (f32.load (local.get $a)) (f32.load (local.get $b)))))
        (local.set $a (i32.add (local.get $a) (i32.const 4)))
        (local.set $b (i32.add (local.get $b) (i32.const 4)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $ones)))
    (local.get $sum))

  ;; C `[m, n]` = A `[m, k]` by B `[k, n]`, or what it adds to C.
  ;;
  ;; Tiles of 4 rows by 8 columns are summed in registers, k after k. Below the last row it is repeated. At the right edge a
  ;; tile is moved back to end there, which computes some entries twice: n >= 8, and a multiple of 8 where C is added to.
  (func (export "multiply")
    (param $a i32) (param $strideA i32) (param $m i32) (param $k i32)
    (param $b i32) (param $strideB i32) (param $n i32)
    (param $c i32) (param $strideC i32) (param $adds i32)
    (local $i i32) (local $j i32) (local $last i32) (local $left i32) (local $at i32)
    (local $a0 i32) (local $a1 i32) (local $a2 i32) (local $a3 i32)
    (local $c0 i32) (local $c1 i32) (local $c2 i32) (local $c3 i32)
    (local $low v128) (local $high v128) (local $s v128)
    (local $x0 v128) (local $x1 v128) (local $x2 v128) (local $x3 v128)
    (local $y0 v128) (local $y1 v128) (local $y2 v128) (local $y3 v128)
    (local.set $last (i32.sub (local.get $m) (i32.const 1)))
    (loop $columns
      (local.set $at (i32.shl (call $least (local.get $j) (i32.sub (local.get $n) (i32.const 8))) (i32.const 2)))
      (local.set $c0 (i32.add (local.get $c) (local.get $at)))
      (local.set $a0 (local.get $a))
      (local.set $i (i32.const 0))
      (loop $rows
        ;; The other three rows, none beyond the last.
        (local.set $left (call $least (i32.const 1) (i32.sub (local.get $last) (local.get $i))))
        (local.set $a1 (i32.add (local.get $a0) (i32.mul (local.get $left) (local.get $strideA))))
        (local.set $c1 (i32.add (local.get $c0) (i32.mul (local.get $left) (local.get $strideC))))
        (local.set $left (call $least (i32.const 2) (i32.sub (local.get $last) (local.get $i))))
        (local.set $a2 (i32.add (local.get $a0) (i32.mul (local.get $left) (local.get $strideA))))
        (local.set $c2 (i32.add (local.get $c0) (i32.mul (local.get $left) (local.get $strideC))))
        (local.set $left (call $least (i32.const 3) (i32.sub (local.get $last) (local.get $i))))
        (local.set $a3 (i32.add (local.get $a0) (i32.mul (local.get $left) (local.get $strideA))))
        (local.set $c3 (i32.add (local.get $c0) (i32.mul (local.get $left) (local.get $strideC))))
        (if (local.get $adds)
          (then
            (local.set $x0 (v128.load (local.get $c0))) (local.set $y0 (v128.load offset=16 (local.get $c0)))
            (local.set $x1 (v128.load (local.get $c1))) (local.set $y1 (v128.load offset=16 (local.get $c1)))
            (local.set $x2 (v128.load (local.get $c2))) (local.set $y2 (v128.load offset=16 (local.get $c2)))
            (local.set $x3 (v128.load (local.get $c3))) (local.set $y3 (v128.load offset=16 (local.get $c3))))
          (else
            (local.set $x0 (v128.const f32x4 0 0 0 0)) (local.set $y0 (v128.const f32x4 0 0 0 0))
            (local.set $x1 (v128.const f32x4 0 0 0 0)) (local.set $y1 (v128.const f32x4 0 0 0 0))
            (local.set $x2 (v128.const f32x4 0 0 0 0)) (local.set $y2 (v128.const f32x4 0 0 0 0))
            (local.set $x3 (v128.const f32x4 0 0 0 0)) (local.set $y3 (v128.const f32x4 0 0 0 0))))
        (local.set $at (i32.add (local.get $b)
          (i32.shl (call $least (local.get $j) (i32.sub (local.get $n) (i32.const 8))) (i32.const 2))))
        (local.set $left (local.get $k))
        (loop $inner
          (local.set $low (v128.load (local.get $at)))
          (local.set $high (v128.load offset=16 (local.get $at)))
          (local.set $s (v128.load32_splat (local.get $a0)))
          (local.set $x0 (f32x4.add (local.get $x0) (f32x4.mul (local.get $s) (local.get $low))))
          (local.set $y0 (f32x4.add (local.get $y0) (f32x4.mul (local.get $s) (local.get $high))))
          (local.set $s (v128.load32_splat (local.get $a1)))
          (local.set $x1 (f32x4.add (local.get $x1) (f32x4.mul (local.get $s) (local.get $low))))
          (local.set $y1 (f32x4.add (local.get $y1) (f32x4.mul (local.get $s) (local.get $high))))
          (local.set $s (v128.load32_splat (local.get $a2)))
          (local.set $x2 (f32x4.add (local.get $x2) (f32x4.mul (local.get $s) (local.get $low))))
          (local.set $y2 (f32x4.add (local.get $y2) (f32x4.mul (local.get $s) (local.get $high))))
          (local.set $s (v128.load32_splat (local.get $a3)))
          (local.set $x3 (f32x4.add (local.get $x3) (f32x4.mul (local.get $s) (local.get $low))))
          (local.set $y3 (f32x4.add (local.get $y3) (f32x4.mul (local.get $s) (local.get $high))))
          (local.set $a0 (i32.add (local.get $a0) (i32.const 4)))
          (local.set $a1 (i32.add (local.get $a1) (i32.const 4)))
          (local.set $a2 (i32.add (local.get $a2) (i32.const 4)))
          (local.set $a3 (i32.add (local.get $a3) (i32.const 4)))
          (local.set $at (i32.add (local.get $at) (local.get $strideB)))
          (br_if $inner (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
        (v128.store (local.get $c0) (local.get $x0)) (v128.store offset=16 (local.get $c0) (local.get $y0))
        (v128.store (local.get $c1) (local.get $x1)) (v128.store offset=16 (local.get $c1) (local.get $y1))
        (v128.store (local.get $c2) (local.get $x2)) (v128.store offset=16 (local.get $c2) (local.get $y2))
        (v128.store (local.get $c3) (local.get $x3)) (v128.store offset=16 (local.get $c3) (local.get $y3))
        (local.set $c0 (i32.add (local.get $c0) (i32.shl (local.get $strideC) (i32.const 2))))
        (local.set $i (i32.add (local.get $i) (i32.const 4)))
        (local.set $a0 (i32.add (local.get $a) (i32.mul (local.get $i) (local.get $strideA))))
        (br_if $rows (i32.lt_u (local.get $i) (local.get $m))))
      (br_if $columns (i32.lt_u (local.tee $j (i32.add (local.get $j) (i32.const 8))) (local.get $n)))))

  (func $least (param $x i32) (param $y i32) (result i32)
    (select (local.get $x) (local.get $y) (i32.lt_s (local.get $x) (local.get $y))))

  ;; Number (r, c) of `[rows, columns]` goes to place (c, r) of rows of `stride` bytes. The fewer rows at a time, the better
  ;; what is read stays in cache; sixteen are a line of what is written.
  (func (export "transpose") (param $from i32) (param $rows i32) (param $columns i32) (param $to i32) (param $stride i32)
    (local $row i32) (local $r i32) (local $c i32) (local $in i32) (local $out i32) (local $fullRows i32) (local $fullColumns i32)
    (local.set $row (i32.shl (local.get $columns) (i32.const 2)))
    (local.set $fullRows (i32.and (local.get $rows) (i32.const -4)))
    (local.set $fullColumns (i32.and (local.get $columns) (i32.const -4)))
    (block $done
      (loop $across
        (br_if $done (i32.ge_u (local.get $c) (local.get $fullColumns)))
        (local.set $in (i32.add (local.get $from) (i32.shl (local.get $c) (i32.const 2))))
        (local.set $out (i32.add (local.get $to) (i32.mul (local.get $c) (local.get $stride))))
        (local.set $r (local.get $fullRows))
        (block $bottom
          (loop $down
            (br_if $bottom (i32.eqz (local.get $r)))
            (call $tile (local.get $in) (local.get $row) (local.get $out) (local.get $stride))
            (local.set $in (i32.add (local.get $in) (i32.shl (local.get $row) (i32.const 2))))
            (local.set $out (i32.add (local.get $out) (i32.const 16)))
            (local.set $r (i32.sub (local.get $r) (i32.const 4)))
            (br $down)))
        (local.set $c (i32.add (local.get $c) (i32.const 4)))
        (br $across)))
    ;; The last columns of the whole rows, then the last rows.
    (call $singly
      (i32.add (local.get $from) (i32.shl (local.get $fullColumns) (i32.const 2)))
      (local.get $fullRows) (i32.sub (local.get $columns) (local.get $fullColumns)) (local.get $row)
      (i32.add (local.get $to) (i32.mul (local.get $fullColumns) (local.get $stride))) (local.get $stride))
    (call $singly
      (i32.add (local.get $from) (i32.mul (local.get $fullRows) (local.get $row)))
      (i32.sub (local.get $rows) (local.get $fullRows)) (local.get $columns) (local.get $row)
      (i32.add (local.get $to) (i32.shl (local.get $fullRows) (i32.const 2))) (local.get $stride)))

  ;; Four by four numbers.
  (func $tile (param $in i32) (param $row i32) (param $out i32) (param $stride i32)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128) (local $ab v128) (local $cd v128)
    (local.set $a (v128.load (local.get $in)))
    (local.set $b (v128.load (local.tee $in (i32.add (local.get $in) (local.get $row)))))
    (local.set $c (v128.load (local.tee $in (i32.add (local.get $in) (local.get $row)))))
    (local.set $d (v128.load (i32.add (local.get $in) (local.get $row))))
    (local.set $ab (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $a) (local.get $b)))
    (local.set $cd (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $c) (local.get $d)))
    (v128.store (local.get $out)
      (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $ab) (local.get $cd)))
    (v128.store (local.tee $out (i32.add (local.get $out) (local.get $stride)))
      (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $ab) (local.get $cd)))
    (local.set $ab (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $a) (local.get $b)))
    (local.set $cd (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $c) (local.get $d)))
    (v128.store (local.tee $out (i32.add (local.get $out) (local.get $stride)))
      (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $ab) (local.get $cd)))
    (v128.store (i32.add (local.get $out) (local.get $stride))
      (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $ab) (local.get $cd))))

  (func $singly (param $from i32) (param $rows i32) (param $columns i32) (param $row i32) (param $to i32) (param $stride i32)
    (local $c i32) (local $in i32) (local $out i32)
    (block $done
      (br_if $done (i32.eqz (local.get $columns)))
      (loop $down
        (br_if $done (i32.eqz (local.get $rows)))
        (local.set $c (local.get $columns))
        (local.set $in (local.get $from))
        (local.set $out (local.get $to))
        (loop $across
          (f32.store (local.get $out) (f32.load (local.get $in)))
          (local.set $in (i32.add (local.get $in) (i32.const 4)))
          (local.set $out (i32.add (local.get $out) (local.get $stride)))
          (br_if $across (local.tee $c (i32.sub (local.get $c) (i32.const 1)))))
        (local.set $from (i32.add (local.get $from) (local.get $row)))
        (local.set $to (i32.add (local.get $to) (i32.const 4)))
        (local.set $rows (i32.sub (local.get $rows) (i32.const 1)))
        (br $down)))))
