// Halves of any other size are turned number by number.
alias Part = f32;
