/**
 * The runtime of all modules: none. Whatever would allocate (new, array literals, string concatenation) is an error of compilation, so a
 * module's memory use is known when it is built, and nothing can run out at run time.
 */

// @ts-ignore: decorator
@global
function __alloc(size: usize): usize {
  ERROR('firmware does not allocate: use memory.data');
  return 0;
}

// @ts-ignore: decorator
@global
function __realloc(ptr: usize, size: usize): usize {
  ERROR('firmware does not allocate: use memory.data');
  return 0;
}

// @ts-ignore: decorator
@global
function __free(ptr: usize): void {
  ERROR('firmware does not allocate: use memory.data');
}

// @ts-ignore: decorator
@global
function __new(size: usize, id: u32): usize {
  ERROR('firmware does not allocate: use memory.data');
  return 0;
}

// @ts-ignore: decorator
@global
function __renew(ptr: usize, size: usize): usize {
  ERROR('firmware does not allocate: use memory.data');
  return 0;
}

// @ts-ignore: decorator
@global
function __link(parent: usize, child: usize, expectMultiple: bool): void {}

// @ts-ignore: decorator
@global
function __pin(ptr: usize): usize {
  return ptr;
}

// @ts-ignore: decorator
@global
function __unpin(ptr: usize): void {}

// @ts-ignore: decorator
@global
function __visit(ptr: usize, cookie: u32): void {}

// @ts-ignore: decorator
@global
function __collect(): void {}

/** What `assert` and bounds checks end in: a trap, which is a bug of the firmware by definition (the board reports it). */
function abort(message: usize, file: usize, line: u32, column: u32): void {
  unreachable();
}
