//! The benches: `cargo run --release -p lacre-tests --bin bench -- --help`.

fn main() {
    lacre_tests::bench::main();
}
