#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| git_docket_fuzz::hooks(data));
