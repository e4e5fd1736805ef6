//! macOS: what a driver answers to `SIOCGIFMEDIA`.

use crate::parse::Malformed;
use crate::parse::bsd::routes::Media;
// Apple's header with the bits does not come with compilers, and nobody has
// made a crate of it. It was taken from FreeBSD, and its published source
// (`bsd/net/if_media.h`) has these, and those of `ifm_status`, where they were.
use crate::parse::layout::freebsd::media::{IFM_FDX, IFM_HDX};
use crate::parse::layout::macos::network::Ifmediareq;
use crate::parse::layout::{Endian, Record};

/// What a link is now, of an `ifmediareq`. Its speed is in the list of
/// interfaces, and newer media than those of that time are not told here.
///
/// # Errors
///
/// When the structure is cut off.
pub fn active(request: &[u8], endian: Endian) -> Result<Media, Malformed> {
    let words = [Ifmediareq::ifm_status.like(), Ifmediareq::ifm_active.like()];
    let modes = [IFM_FDX, IFM_HDX];
    Media::read(Record::new(request, endian), words, modes, |_| None)
}
