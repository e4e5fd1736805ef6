//! The statuses of `pdh.dll`, which the system has no words for outside of
//! that library.

use crate::ErrorKind;

#[cfg(any(windows, test))]
pub(crate) const PDH_END_OF_LOG_FILE: u32 = 0x8000_07DA;
#[cfg(any(windows, test))]
pub(crate) const PDH_NO_MORE_DATA: u32 = 0xC000_0BCC;

/// The kind and the words of a status; `None` for one that is not known here.
pub(crate) fn known(status: u32) -> Option<(ErrorKind, &'static str)> {
    Some(match status {
        0x8000_07D0 => (ErrorKind::Unreachable, "the machine cannot be reached"),
        0x8000_07D1 => (ErrorKind::NotFound, "there is no such instance"),
        0x8000_07D2 => (ErrorKind::Os, "there is more data"),
        0x8000_07D3 => (ErrorKind::NoData, "the counter was not validated yet"),
        0x8000_07D5 => (ErrorKind::NoData, "there is no data"),
        0x8000_07D6 => (ErrorKind::NoData, "the denominator is negative"),
        0x8000_07D7 => (ErrorKind::NoData, "the time base is negative"),
        0x8000_07D8 => (ErrorKind::NoData, "the value is negative"),
        0x8000_07DA | 0xC000_0BCC => (ErrorKind::NoData, "the log has ended"),
        0x8000_07DB => (ErrorKind::TimedOut, "the query did not end in time"),
        0xC000_0BB8 => (ErrorKind::NotFound, "there is no such object"),
        0xC000_0BB9 => (ErrorKind::NotFound, "there is no such counter"),
        0xC000_0BBA => (ErrorKind::NoData, "the counter has no valid data"),
        0xC000_0BBB => (ErrorKind::Os, "there is not enough memory"),
        0xC000_0BBC => (ErrorKind::InvalidInput, "the handle is none"),
        0xC000_0BBD => (ErrorKind::InvalidInput, "an argument is not valid"),
        0xC000_0BBE => (ErrorKind::Unsupported, "the function was not found"),
        0xC000_0BBF => (ErrorKind::InvalidInput, "no counter was named"),
        0xC000_0BC0 => (ErrorKind::InvalidInput, "the path cannot be read"),
        0xC000_0BC3 => (ErrorKind::Unreachable, "the machine cannot be reached"),
        0xC000_0BC4 => (ErrorKind::InvalidInput, "the path is not valid"),
        0xC000_0BC5 => (ErrorKind::InvalidInput, "the instance is not valid"),
        0xC000_0BC6 => (ErrorKind::NoData, "the data is not valid"),
        0xC000_0BC8 => (ErrorKind::Os, "the names of counters cannot be read"),
        0xC000_0BCA => (ErrorKind::Os, "the log cannot be opened"),
        0xC000_0BCB => (ErrorKind::InvalidInput, "the log is of an unknown kind"),
        0xC000_0BCD => (ErrorKind::NotFound, "the counter is not in the log"),
        0xC000_0BD0 => (ErrorKind::Malformed, "the log's header cannot be read"),
        0xC000_0BD1 => (ErrorKind::NotFound, "there is no such file"),
        0xC000_0BD3 => (ErrorKind::Unsupported, "not implemented"),
        0xC000_0BD4 => (ErrorKind::NotFound, "there is no such name"),
        0xC000_0BD6 => (ErrorKind::InvalidInput, "the log is of an unknown format"),
        0xC000_0BDB => (ErrorKind::AccessDenied, "access denied"),
        0xC000_0BDD => (ErrorKind::InvalidInput, "the source of data is not valid"),
        0xC000_0BDF => (ErrorKind::NotFound, "there are no counters"),
        0xC000_0BF7 => (ErrorKind::Malformed, "the log is corrupt"),
        0xC000_0BFE => (ErrorKind::TimedOut, "the providers did not answer in time"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;

    #[test]
    fn an_error_has_the_words_of_its_status() {
        let error = Error::code_of("PdhAddEnglishCounterW", 0xC000_0BB9).of(r"\a\b");
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert_eq!(error.code(), Some(0xC000_0BB9));
        assert_eq!(
            error.to_string(),
            r"\a\b: PdhAddEnglishCounterW: there is no such counter (status 0xc0000bb9)"
        );
        assert_eq!(known(5), None);
    }
}
