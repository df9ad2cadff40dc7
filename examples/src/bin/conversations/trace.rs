//! Recorded cache accesses: big-endian 32-bit integers, one an access, bare or inside xz.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::{Path, PathBuf},
};

use lzma_rust2::XzReader;

const XZ_MAGIC: &[u8] = b"\xFD7zXZ\0";
const ACCESS: usize = size_of::<u32>();

/// Why a trace could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TraceError {
    #[error("cannot open the trace {}", file.display())]
    Open { file: PathBuf, source: io::Error },
    #[error("cannot read the trace {}", file.display())]
    Read { file: PathBuf, source: io::Error },
    #[error("{} is called .xz, but is not an xz file", file.display())]
    NotXz { file: PathBuf },
    #[error("the xz file {} is damaged or cut off after {bytes} bytes of content", file.display())]
    Xz {
        file: PathBuf,
        bytes: usize,
        source: io::Error,
    },
    #[error("the trace {} is cut off: {bytes} bytes are not a whole number of {ACCESS}-byte accesses", file.display())]
    CutOff { file: PathBuf, bytes: usize },
    #[error("the trace {} holds no accesses", file.display())]
    Empty { file: PathBuf },
}

/// Reads all accesses, or the first `limit` of them.
pub(crate) fn read(file: &Path, limit: Option<usize>) -> Result<Vec<u32>, TraceError> {
    let path = || file.to_owned();
    let opened = File::open(file).map_err(|source| TraceError::Open {
        file: path(),
        source,
    })?;
    let mut input = BufReader::with_capacity(1 << 16, opened);
    let start = input.fill_buf().map_err(|source| TraceError::Read {
        file: path(),
        source,
    })?;

    let packed = start.starts_with(XZ_MAGIC);
    if !packed
        && !start.is_empty()
        && file
            .extension()
            .is_some_and(|end| end.eq_ignore_ascii_case("xz"))
    {
        return Err(TraceError::NotXz { file: path() });
    }

    let most = limit.map_or(u64::MAX, |limit| {
        (limit as u64).saturating_mul(ACCESS as u64)
    });
    let mut bytes = Vec::new();
    let outcome = if packed {
        XzReader::new(input, true)
            .take(most)
            .read_to_end(&mut bytes)
    } else {
        input.take(most).read_to_end(&mut bytes)
    };
    match outcome {
        Ok(_) => {}
        Err(source) if packed => {
            return Err(TraceError::Xz {
                file: path(),
                bytes: bytes.len(),
                source,
            });
        }
        Err(source) => {
            return Err(TraceError::Read {
                file: path(),
                source,
            });
        }
    }

    let (accesses, rest) = bytes.as_chunks::<ACCESS>();
    if !rest.is_empty() {
        return Err(TraceError::CutOff {
            file: path(),
            bytes: bytes.len(),
        });
    }
    if accesses.is_empty() {
        return Err(TraceError::Empty { file: path() });
    }
    Ok(accesses
        .iter()
        .map(|access| u32::from_be_bytes(*access))
        .collect())
}

#[cfg(test)]
mod tests;
