//! Who a process acts as: its access token.

use std::{
    ffi::OsString,
    os::windows::io::{AsHandle as _, AsRawHandle as _, BorrowedHandle, OwnedHandle},
};

use windows_sys::Win32::{
    Foundation::{ERROR_INSUFFICIENT_BUFFER, ERROR_NOT_ALL_ASSIGNED, GetLastError, LUID},
    Security::{
        AdjustTokenPrivileges, GetSidSubAuthority, GetSidSubAuthorityCount, GetTokenInformation,
        IsValidSid, LUID_AND_ATTRIBUTES, LookupAccountSidW, LookupPrivilegeValueW,
        SE_PRIVILEGE_ENABLED, SID_NAME_USE, TOKEN_ADJUST_PRIVILEGES, TOKEN_INFORMATION_CLASS,
        TOKEN_MANDATORY_LABEL, TOKEN_PRIVILEGES, TOKEN_QUERY, TOKEN_USER, TokenElevation,
        TokenElevationType, TokenIntegrityLevel, TokenIsAppContainer, TokenSessionId, TokenUser,
    },
    System::Threading::{GetCurrentProcess, OpenProcessToken},
};

use super::{
    buffer::{Attempt, Buffer},
    error, handle, wide,
};
use crate::{Error, ErrorKind, Result};

/// An access token, opened to be read.
pub(crate) struct Token(OwnedHandle);

impl Token {
    pub(crate) fn of(process: BorrowedHandle<'_>) -> Result<Self> {
        Self::open(process, TOKEN_QUERY)
    }

    fn open(process: BorrowedHandle<'_>, access: u32) -> Result<Self> {
        let mut token = std::ptr::null_mut();
        // SAFETY: a handle to be filled in, which outlives the call.
        if unsafe { OpenProcessToken(process.as_raw_handle(), access, &mut token) } == 0 {
            return Err(error::last("OpenProcessToken"));
        }
        // SAFETY: the call made it for us.
        let token = unsafe { handle::owned(token) };
        Ok(Self(
            token.map_err(|error| Error::call("OpenProcessToken", error))?,
        ))
    }

    fn query<'b>(
        &self,
        class: TOKEN_INFORMATION_CLASS,
        buffer: &'b mut Buffer,
    ) -> Result<&'b [u8]> {
        const CALL: &str = "GetTokenInformation";
        buffer.fill(CALL, 1 << 20, |to, room| {
            let mut length = 0;
            // SAFETY: the buffer gives `room` bytes to write to; `length`
            // outlives the call.
            let done = unsafe {
                GetTokenInformation(self.0.as_raw_handle(), class, to.cast(), room, &mut length)
            };
            if done != 0 {
                return Attempt::Filled(length as usize);
            }
            let failed = error::last(CALL);
            if failed.raw_os_error() == Some(ERROR_INSUFFICIENT_BUFFER as i32) {
                return Attempt::TooSmall(length as usize);
            }
            Attempt::Failed(failed)
        })
    }

    fn number(&self, class: TOKEN_INFORMATION_CLASS) -> Result<u32> {
        let mut buffer = Buffer::new(16);
        let bytes = self.query(class, &mut buffer)?;
        crate::parse::windows::bytes::u32_at(bytes, 0)
            .ok_or_else(|| Error::malformed("access token", "a number"))
    }

    /// Its user as `DOMAIN\name`. `None`: its identifier has no name.
    pub(crate) fn user(&self) -> Result<Option<OsString>> {
        let mut buffer = Buffer::new(256);
        let bytes = self.query(TokenUser, &mut buffer)?;
        if bytes.len() < size_of::<TOKEN_USER>() {
            return Err(Error::malformed("access token", "a TOKEN_USER"));
        }
        // SAFETY: the buffer is aligned for every structure, holds one of
        // these, and was written by the kernel as such.
        let user = unsafe { &*bytes.as_ptr().cast::<TOKEN_USER>() };
        // SAFETY: the identifier is in the same buffer, which is not changed
        // meanwhile.
        unsafe { account(user.User.Sid) }
    }

    pub(crate) fn is_elevated(&self) -> Result<bool> {
        Ok(self.number(TokenElevation)? != 0)
    }

    /// A `TOKEN_ELEVATION_TYPE`.
    pub(crate) fn elevation_type(&self) -> Result<u32> {
        self.number(TokenElevationType)
    }

    pub(crate) fn session(&self) -> Result<u32> {
        self.number(TokenSessionId)
    }

    pub(crate) fn is_app_container(&self) -> Result<bool> {
        Ok(self.number(TokenIsAppContainer)? != 0)
    }

    /// The last number of the integrity level's identifier
    /// (`SECURITY_MANDATORY_*_RID`).
    pub(crate) fn integrity(&self) -> Result<u32> {
        let malformed = || Error::malformed("access token", "an integrity level");
        let mut buffer = Buffer::new(256);
        let bytes = self.query(TokenIntegrityLevel, &mut buffer)?;
        if bytes.len() < size_of::<TOKEN_MANDATORY_LABEL>() {
            return Err(malformed());
        }
        // SAFETY: as in `user`.
        let label = unsafe { &*bytes.as_ptr().cast::<TOKEN_MANDATORY_LABEL>() };
        let sid = label.Label.Sid;
        // SAFETY: null, or an identifier that the kernel wrote to the same
        // buffer.
        if sid.is_null() || unsafe { IsValidSid(sid) } == 0 {
            return Err(malformed());
        }
        // SAFETY: a valid identifier; the count is a byte of it.
        let count = unsafe { *GetSidSubAuthorityCount(sid) };
        let last = count.checked_sub(1).ok_or_else(malformed)?;
        // SAFETY: a valid identifier has as many numbers as it says.
        Ok(unsafe { *GetSidSubAuthority(sid, last.into()) })
    }
}

/// The name of an account. `None`: it has none.
///
/// # Safety
///
/// `sid` is null or leads to an identifier that stays as it is meanwhile.
unsafe fn account(sid: *mut std::ffi::c_void) -> Result<Option<OsString>> {
    const CALL: &str = "LookupAccountSidW";
    // SAFETY: by contract null or readable.
    if sid.is_null() || unsafe { IsValidSid(sid) } == 0 {
        return Err(Error::malformed("access token", "a valid SID"));
    }
    let (mut name, mut domain) = (vec![0u16; 256], vec![0u16; 256]);
    loop {
        let mut name_length = name.len() as u32;
        let mut domain_length = domain.len() as u32;
        let mut kind: SID_NAME_USE = 0;
        // SAFETY: a valid identifier, and as many units to write to as are
        // said; all of it outlives the call.
        let done = unsafe {
            LookupAccountSidW(
                std::ptr::null(),
                sid,
                name.as_mut_ptr(),
                &mut name_length,
                domain.as_mut_ptr(),
                &mut domain_length,
                &mut kind,
            )
        };
        if done != 0 {
            break;
        }
        let failed = error::last(CALL);
        /// Nobody has this identifier: its account was removed.
        const ERROR_NONE_MAPPED: i32 = 1332;
        match failed.raw_os_error() {
            Some(ERROR_NONE_MAPPED) => return Ok(None),
            Some(code)
                if code == ERROR_INSUFFICIENT_BUFFER as i32
                    && (name_length as usize > name.len()
                        || domain_length as usize > domain.len()) =>
            {
                name.resize(name_length as usize, 0);
                domain.resize(domain_length as usize, 0);
            }
            _ => return Err(failed),
        }
    }
    let domain = wide::text_until_nul(&domain);
    let name = wide::text_until_nul(&name);
    if domain.is_empty() {
        return Ok(Some(name));
    }
    let mut full = domain;
    full.push("\\");
    full.push(name);
    Ok(Some(full))
}

/// Enables a privilege of the calling process by name.
///
/// # Errors
///
/// [`AccessDenied`](ErrorKind::AccessDenied) when it does not have it.
pub(crate) fn enable_privilege(name: &str) -> Result<()> {
    const CALL: &str = "AdjustTokenPrivileges";
    let wide: Vec<u16> = name.encode_utf16().chain([0]).collect();
    let mut luid = LUID::default();
    // SAFETY: a text that ends with NUL and a structure to be filled in, which
    // outlive the call.
    if unsafe { LookupPrivilegeValueW(std::ptr::null(), wide.as_ptr(), &mut luid) } == 0 {
        return Err(error::last("LookupPrivilegeValueW"));
    }
    // SAFETY: a constant that means this process; it is not to be closed.
    let me = unsafe { BorrowedHandle::borrow_raw(GetCurrentProcess()) };
    let token = Token::open(me, TOKEN_ADJUST_PRIVILEGES | TOKEN_QUERY)?;
    let wanted = TOKEN_PRIVILEGES {
        PrivilegeCount: 1,
        Privileges: [LUID_AND_ATTRIBUTES {
            Luid: luid,
            Attributes: SE_PRIVILEGE_ENABLED,
        }],
    };
    // SAFETY: a structure that outlives the call; the former state is not
    // wanted.
    let done = unsafe {
        AdjustTokenPrivileges(
            token.0.as_handle().as_raw_handle(),
            0,
            &wanted,
            0,
            std::ptr::null_mut(),
            std::ptr::null_mut(),
        )
    };
    // SAFETY: the error of the call just made; it may succeed and say that it
    // did nothing.
    let code = unsafe { GetLastError() };
    if done == 0 {
        return Err(error::code(CALL, code));
    }
    if code == ERROR_NOT_ALL_ASSIGNED {
        return Err(error::code(CALL, code).with_kind(ErrorKind::AccessDenied));
    }
    Ok(())
}
