//! Reads the library `lacre_ffi` and writes its bindings: `uniffi-bindgen generate --language python
//! --out-dir OUT LIBRARY`. The version is that of the library, which is what uniffi asks for.

fn main() {
    uniffi::uniffi_bindgen_main();
}
