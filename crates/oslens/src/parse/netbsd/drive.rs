//! What a driver says of a disk: the property list of `/dev/drvctl`.

use super::property_list::{Value, property_list};
use crate::parse::Malformed;

/// The question for the properties of a device. `None`: no device has such a
/// name.
#[must_use]
pub fn question(name: &[u8]) -> Option<String> {
    let name = std::str::from_utf8(name).ok()?;
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    Some(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <!DOCTYPE plist PUBLIC \"-//Apple Computer//DTD PLIST 1.0//EN\" \
         \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n\
         <plist version=\"1.0\">\n<dict>\n\
         \t<key>drvctl-arguments</key>\n\t<dict>\n\
         \t\t<key>device-name</key>\n\t\t<string>{name}</string>\n\t</dict>\n\
         \t<key>drvctl-command</key>\n\t<string>get-properties</string>\n\
         </dict>\n</plist>\n"
    ))
}

/// The bytes of a disk, of the answer. `None`: there is no such device, or its
/// driver has not looked at what is in it.
///
/// # Errors
///
/// When it is no property list.
pub fn size(answer: &[u8]) -> Result<Option<u64>, Malformed> {
    let answer = property_list(answer)?;
    let size = || {
        let properties = answer.get("drvctl-result-data")?;
        let geometry = properties.get("disk-info")?.get("geometry")?;
        let number = |name| u64::try_from(geometry.get(name)?.number()?).ok();
        let sectors = number("sectors-per-unit")?;
        sectors.checked_mul(number("sector-size")?)
    };
    let is_known = answer.get("drvctl-error").and_then(Value::number) == Some(0);
    Ok(size().filter(|&size| is_known && size > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DISK: &[u8] = include_bytes!("fixtures/netbsd_drive.plist");

    #[test]
    fn a_disk_has_as_many_bytes_as_its_sectors() {
        assert_eq!(size(DISK), Ok(Some(41_943_040 * 512)));
        let with = |from: &str, to: &str| {
            let text = String::from_utf8(DISK.to_vec()).unwrap();
            assert!(text.contains(from), "{from}");
            size(text.replace(from, to).as_bytes())
        };
        assert_eq!(with("0x2800000", "0xffffffffffffffff"), Ok(None));
        assert_eq!(with("0x2800000", "0x0"), Ok(None));
        assert_eq!(with("0x2800000", "-1"), Ok(None));
        assert_eq!(with("sector-size", "sector"), Ok(None));
        assert_eq!(with("disk-info", "disk"), Ok(None));
        // ESRCH.
        assert_eq!(
            with("<integer>0</integer>", "<integer>3</integer>"),
            Ok(None)
        );
    }

    #[test]
    fn the_question_is_a_property_list_and_names_are_not_markup() {
        let question = super::question(b"wd0").unwrap();
        let list = property_list(question.as_bytes()).unwrap();
        let text = |value: Option<&Value<'_>>| value.unwrap().text().unwrap().to_vec();
        assert_eq!(text(list.get("drvctl-command")), b"get-properties");
        let arguments = list.get("drvctl-arguments").unwrap();
        assert_eq!(text(arguments.get("device-name")), b"wd0");
        for odd in [&b""[..], b"a<b", b"a b", b"\xff"] {
            assert_eq!(super::question(odd), None);
        }
    }

    #[test]
    fn a_list_that_is_cut_is_refused() {
        for end in (0..DISK.len() - 10).step_by(23) {
            assert!(size(&DISK[..end]).is_err(), "{end}");
        }
        assert_eq!(size(b"<plist><dict/></plist>"), Ok(None));
        assert_eq!(size(b"<plist><array/></plist>"), Ok(None));
    }
}
