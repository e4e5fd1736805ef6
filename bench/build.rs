//! Compiles the floor program.

use std::{env, path::PathBuf};

fn main() {
    println!("cargo::rerun-if-changed=floor/floor.c");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR")).join("floor");
    let compiler = cc::Build::new().opt_level(2).warnings(true).get_compiler();
    let status = compiler
        .to_command()
        .arg("floor/floor.c")
        .arg("-o")
        .arg(&out)
        .status()
        .expect("the floor program needs a C compiler");
    assert!(status.success(), "floor/floor.c does not compile");
    println!("cargo::rustc-env=OSLENS_BENCH_FLOOR={}", out.display());
}
