use std::{fs, io::Write};

use lzma_rust2::{XzOptions, XzWriter};
use tempfile::TempDir;

use super::*;

const ACCESSES: [u32; 3] = [1, 0x0102_0304, u32::MAX];

fn bytes() -> Vec<u8> {
    ACCESSES
        .iter()
        .flat_map(|access| access.to_be_bytes())
        .collect()
}

fn packed(content: &[u8]) -> Vec<u8> {
    let mut writer = XzWriter::new(Vec::new(), XzOptions::with_preset(1)).unwrap();
    writer.write_all(content).unwrap();
    writer.finish().unwrap()
}

/// Reads a file of this name and content.
fn read_file(name: &str, content: &[u8], limit: Option<usize>) -> Result<Vec<u32>, TraceError> {
    let directory = TempDir::new().unwrap();
    let file = directory.path().join(name);
    fs::write(&file, content).unwrap();
    read(&file, limit)
}

#[test]
fn bare_and_packed_files_hold_the_same() {
    assert_eq!(read_file("bare.trace", &bytes(), None).unwrap(), ACCESSES);
    assert_eq!(
        read_file("packed.trace.xz", &packed(&bytes()), None).unwrap(),
        ACCESSES
    );
    assert_eq!(
        read_file("unnamed", &packed(&bytes()), None).unwrap(),
        ACCESSES
    );
}

#[test]
fn a_limit_leaves_the_rest_unread() {
    assert_eq!(
        read_file("bare.trace", &bytes(), Some(2)).unwrap(),
        [1, 0x0102_0304]
    );
    assert_eq!(
        read_file("packed.xz", &packed(&bytes()), Some(1)).unwrap(),
        [1]
    );
    assert_eq!(
        read_file("bare.trace", &bytes(), Some(usize::MAX)).unwrap(),
        ACCESSES
    );
}

#[test]
fn a_missing_file_is_named() {
    let error = read(Path::new("/nowhere/to/be.found"), None).unwrap_err();
    assert!(matches!(error, TraceError::Open { .. }));
    assert_eq!(
        error.to_string(),
        "cannot open the trace /nowhere/to/be.found"
    );
}

#[test]
fn a_directory_is_not_a_trace() {
    let directory = TempDir::new().unwrap();
    assert!(matches!(
        read(directory.path(), None).unwrap_err(),
        TraceError::Read { .. }
    ));
}

#[test]
fn an_empty_file_holds_no_accesses() {
    assert!(matches!(
        read_file("bare.trace", b"", None).unwrap_err(),
        TraceError::Empty { .. }
    ));
    assert!(matches!(
        read_file("empty.xz", b"", None).unwrap_err(),
        TraceError::Empty { .. }
    ));
    assert!(matches!(
        read_file("packed.xz", &packed(b""), None).unwrap_err(),
        TraceError::Empty { .. }
    ));
}

#[test]
fn half_an_access_is_an_error() {
    let mut cut = bytes();
    cut.pop();
    for (name, content) in [("bare.trace", cut.clone()), ("packed.xz", packed(&cut))] {
        let error = read_file(name, &content, None).unwrap_err();
        assert!(
            matches!(error, TraceError::CutOff { bytes: 11, .. }),
            "{error}"
        );
    }
}

#[test]
fn garbage_called_xz_is_refused() {
    let error = read_file("garbage.xz", b"no trace of xz", None).unwrap_err();
    assert!(matches!(error, TraceError::NotXz { .. }), "{error}");
}

#[test]
fn an_xz_file_cut_anywhere_is_an_error() {
    let whole = packed(&bytes());
    for end in XZ_MAGIC.len()..whole.len() {
        let error = read_file("cut.xz", &whole[..end], None).unwrap_err();
        assert!(matches!(error, TraceError::Xz { .. }), "{end}: {error}");
    }
}

#[test]
fn an_xz_file_with_a_flipped_bit_never_reads_as_something_else() {
    let whole = packed(&bytes());
    for at in XZ_MAGIC.len()..whole.len() {
        let mut flipped = whole.clone();
        flipped[at] ^= 0x10;
        if let Ok(accesses) = read_file("flipped.xz", &flipped, None) {
            assert_eq!(accesses, ACCESSES, "byte {at}");
        }
    }
}
