//! NetBSD: what a driver answers to `SIOCGIFMEDIA`.

use crate::parse::Malformed;
use crate::parse::bsd::routes::Media;
use crate::parse::layout::netbsd::media;
use crate::parse::layout::netbsd::network::Ifmediareq;
use crate::parse::layout::{Endian, Record};

/// What a link is now, of an `ifmediareq`.
///
/// # Errors
///
/// When the structure is cut off.
pub fn active(request: &[u8], endian: Endian) -> Result<Media, Malformed> {
    let words = [Ifmediareq::ifm_status.like(), Ifmediareq::ifm_active.like()];
    let modes = [media::IFM_FDX, media::IFM_HDX];
    Media::read(Record::new(request, endian), words, modes, speed)
}

/// Megabits in a second. Modes of Wi-Fi whose speed is not in their name have
/// none.
fn speed(word: u32) -> Option<u64> {
    match word & media::IFM_NMASK {
        media::IFM_ETHER => ethernet(word & (media::IFM_TMASK | media::_IFM_ETH_XTMASK)),
        media::IFM_IEEE80211 => wireless(word & media::IFM_TMASK),
        _ => None,
    }
}

fn ethernet(subtype: u32) -> Option<u64> {
    Some(match subtype {
        media::IFM_HPNA_1 => 1,
        media::IFM_10_T
        | media::IFM_10_2
        | media::IFM_10_5
        | media::IFM_10_STP
        | media::IFM_10_FL => 10,
        media::IFM_100_TX
        | media::IFM_100_FX
        | media::IFM_100_T4
        | media::IFM_100_VG
        | media::IFM_100_T2 => 100,
        media::IFM_1000_SX
        | media::IFM_1000_LX
        | media::IFM_1000_CX
        | media::IFM_1000_T
        | media::IFM_1000_BX10
        | media::IFM_1000_KX
        | media::IFM_1000_SGMII => 1_000,
        media::IFM_2500_SX | media::IFM_2500_KX | media::IFM_2500_T => 2_500,
        media::IFM_5000_T | media::IFM_5000_KR => 5_000,
        media::IFM_10G_LR
        | media::IFM_10G_SR
        | media::IFM_10G_CX4
        | media::IFM_10G_TWINAX
        | media::IFM_10G_TWINAX_LONG
        | media::IFM_10G_LRM
        | media::IFM_10G_T
        | media::IFM_10G_AOC
        | media::IFM_10G_CR1
        | media::IFM_10G_ER
        | media::IFM_10G_KR
        | media::IFM_10G_KX4
        | media::IFM_10G_LX4
        | media::IFM_10G_SFI
        | media::IFM_10G_ZR => 10_000,
        media::IFM_20G_KR2 => 20_000,
        media::IFM_25G_AOC
        | media::IFM_25G_AUI
        | media::IFM_25G_CR
        | media::IFM_25G_ACC
        | media::IFM_25G_CR_S
        | media::IFM_25G_ER
        | media::IFM_25G_KR
        | media::IFM_25G_KR_S
        | media::IFM_25G_LR
        | media::IFM_25G_SR
        | media::IFM_25G_T => 25_000,
        media::IFM_40G_AOC
        | media::IFM_40G_CR4
        | media::IFM_40G_ER4
        | media::IFM_40G_FR
        | media::IFM_40G_KR4
        | media::IFM_40G_LR4
        | media::IFM_40G_SR4
        | media::IFM_40G_T
        | media::IFM_40G_XLPPI => 40_000,
        media::IFM_50G_AUI1
        | media::IFM_50G_AUI2
        | media::IFM_50G_CR
        | media::IFM_50G_CR2
        | media::IFM_50G_FR
        | media::IFM_50G_KR
        | media::IFM_50G_KR2
        | media::IFM_50G_LAUI2
        | media::IFM_50G_LR
        | media::IFM_50G_SR
        | media::IFM_50G_SR2 => 50_000,
        media::IFM_56G_R4 => 56_000,
        media::IFM_100G_CR2
        | media::IFM_100G_CR4
        | media::IFM_100G_CR10
        | media::IFM_100G_DR
        | media::IFM_100G_ER4
        | media::IFM_100G_KP4
        | media::IFM_100G_KR2
        | media::IFM_100G_KR4
        | media::IFM_100G_LR4
        | media::IFM_100G_SR2
        | media::IFM_100G_SR4
        | media::IFM_100G_SR10
        | media::IFM_100G_ACC
        | media::IFM_100G_AOC
        | media::IFM_100G_FR
        | media::IFM_100G_LR => 100_000,
        media::IFM_200G_CR2
        | media::IFM_200G_CR4
        | media::IFM_200G_DR4
        | media::IFM_200G_FR4
        | media::IFM_200G_KR2
        | media::IFM_200G_KR4
        | media::IFM_200G_LR4
        | media::IFM_200G_SR4
        | media::IFM_200G_ER4 => 200_000,
        media::IFM_400G_CR4
        | media::IFM_400G_DR4
        | media::IFM_400G_FR8
        | media::IFM_400G_KR4
        | media::IFM_400G_LR8
        | media::IFM_400G_SR16
        | media::IFM_400G_ER8
        | media::IFM_400G_FR4
        | media::IFM_400G_LR4
        | media::IFM_400G_SR4_2
        | media::IFM_400G_SR8 => 400_000,
        _ => return None,
    })
}

fn wireless(subtype: u32) -> Option<u64> {
    Some(match subtype {
        media::IFM_IEEE80211_FH1 | media::IFM_IEEE80211_DS1 => 1,
        media::IFM_IEEE80211_FH2 | media::IFM_IEEE80211_DS2 => 2,
        media::IFM_IEEE80211_OFDM3 => 3,
        media::IFM_IEEE80211_OFDM4 => 4,
        media::IFM_IEEE80211_DS5 => 5,
        media::IFM_IEEE80211_OFDM6 => 6,
        media::IFM_IEEE80211_OFDM9 => 9,
        media::IFM_IEEE80211_DS11 => 11,
        media::IFM_IEEE80211_OFDM12 => 12,
        media::IFM_IEEE80211_OFDM18 => 18,
        media::IFM_IEEE80211_DS22 => 22,
        media::IFM_IEEE80211_OFDM24 => 24,
        media::IFM_IEEE80211_OFDM27 => 27,
        media::IFM_IEEE80211_OFDM36 => 36,
        media::IFM_IEEE80211_OFDM48 => 48,
        media::IFM_IEEE80211_OFDM54 => 54,
        media::IFM_IEEE80211_OFDM72 => 72,
        _ => return None,
    })
}
