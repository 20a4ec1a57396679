//! A client that can be killed: driven over standard input and output.

fn main() {
    lacre_tests::child::serve::main();
}
