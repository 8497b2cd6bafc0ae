// Halves of a multiple of four numbers are turned four at a time.
alias Part = vec4<f32>;
