//! Every developer task of the project: `cargo xtask --help`.

fn main() {
    println!("tasks: none yet");
}
