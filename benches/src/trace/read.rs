//! Recorded cache accesses: big-endian 32-bit integers, one an access, bare or inside xz.

use std::{
    fs::File,
    io::{BufRead as _, BufReader, Read as _},
    path::Path,
};

use anyhow::{Context as _, Result, ensure};
use lzma_rust2::XzReader;

const XZ_MAGIC: &[u8] = b"\xFD7zXZ\0";

pub(super) fn read(file: &Path) -> Result<Vec<u32>> {
    let name = file.display();
    let opened = File::open(file).with_context(|| format!("cannot open the trace {name}"))?;
    let mut input = BufReader::with_capacity(1 << 16, opened);
    let packed = input
        .fill_buf()
        .with_context(|| format!("cannot read the trace {name}"))?
        .starts_with(XZ_MAGIC);
    let mut bytes = Vec::new();
    if packed {
        XzReader::new(input, true).read_to_end(&mut bytes)
    } else {
        input.read_to_end(&mut bytes)
    }
    .with_context(|| format!("cannot read the trace {name}"))?;

    let (accesses, rest) = bytes.as_chunks::<4>();
    ensure!(
        rest.is_empty(),
        "the trace {name} is cut off in the middle of an access"
    );
    ensure!(!accesses.is_empty(), "the trace {name} holds no accesses");
    Ok(accesses
        .iter()
        .map(|access| u32::from_be_bytes(*access))
        .collect())
}
