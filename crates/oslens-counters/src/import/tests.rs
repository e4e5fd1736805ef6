use super::*;
use crate::{definition::Definition, manifest::Manifest, scratch};

const PROVIDER: Guid = Guid::from_u128(0x6f2e_1b0c_9d34_4a7e_8c51_0b7d_2f6a_1e93);

/// As the documentation of Windows has it, two objects in two languages.
const HEADER: &str = "\
#ifndef _OFFSETS_H
#define _OFFSETS_H
// Grouped by object.
#define TRANSFER_OBJECT      0
#define BYTES_SENT           2
#define AVAILABLE_BANDWIDTH  0x4
#define LAST_TRANSFER_OBJECT_COUNTER_OFFSET  AVAILABLE_BANDWIDTH
#define PEER_OBJECT          6
#define BYTES_SERVED         (LAST_TRANSFER_OBJECT_COUNTER_OFFSET + 4)
#endif
";
const INI: &str = "\
// Initialization file example
[info]
drivername=MyApplication
symbolfile=CounterOffsets.h
trusted=
[objects]
TRANSFER_OBJECT_009_NAME=
PEER_OBJECT_009_NAME=
[languages]
009=English
00C=French
[text]
TRANSFER_OBJECT_009_NAME=Transfer
TRANSFER_OBJECT_009_HELP=Transferring files.
BYTES_SENT_009_NAME=Bytes Sent
BYTES_SENT_009_HELP=Bytes sent in the last transfer.
AVAILABLE_BANDWIDTH_009_NAME=Available Bandwidth
PEER_OBJECT_009_NAME=Peer
PEER_OBJECT_009_HELP=Peer caching.
BYTES_SERVED_009_NAME=Bytes Served
BYTES_SERVED_009_HELP=Bytes served from the cache.
TRANSFER_OBJECT_00C_NAME=Transfert
TRANSFER_OBJECT_00C_HELP=Transferts de fichiers.
BYTES_SENT_00C_NAME=Octets envoyés
AVAILABLE_BANDWIDTH_00C_NAME=Bande passante
PEER_OBJECT_00C_NAME=Pair
BYTES_SERVED_00C_NAME=Octets servis
";

fn convert(import: &Import, ini: &str, header: &str) -> Result<Imported> {
    import.convert(("a.ini", ini.as_bytes()), ("a.h", header.as_bytes()))
}

fn checked(imported: Imported) -> Definition {
    imported.spec.check().unwrap()
}

#[track_caller]
fn refused(import: &Import, ini: &str, header: &str, message: &str) {
    let error = convert(import, ini, header).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(error.to_string().contains(message), "{error}");
}

#[test]
fn the_example_of_the_documentation_becomes_a_manifest() {
    let import = Import::new(PROVIDER)
        .counter_type("BYTES_SENT", CounterType::COUNTER_LARGE_RAWCOUNT)
        .instances("PEER_OBJECT", Instances::Multiple);
    let imported = convert(&import, INI, HEADER).unwrap();
    assert_eq!(imported.warnings.len(), 1);
    assert_eq!(
        imported.warnings[0].to_string(),
        "a.ini:17: AVAILABLE_BANDWIDTH has no _HELP; its name stands for it"
    );
    let definition = checked(imported);
    assert_eq!(definition.name(), "MyApplication");
    let [transfer, peer] = definition.sets() else {
        panic!("two objects: {definition:?}");
    };
    assert_eq!(transfer.name, "Transfer");
    assert_eq!(transfer.guid, PROVIDER.derive("TRANSFER_OBJECT"));
    assert_eq!(transfer.symbol.as_deref(), Some("TRANSFER_OBJECT"));
    assert_eq!(peer.instances, Instances::Multiple);
    let counters: Vec<_> = transfer
        .counters
        .iter()
        .map(|c| (c.id, &*c.name, c.kind))
        .collect();
    assert_eq!(
        counters,
        [
            (2, "Bytes Sent", CounterType::COUNTER_LARGE_RAWCOUNT),
            (4, "Available Bandwidth", CounterType::COUNTER_COUNTER),
        ]
    );
    assert_eq!(transfer.counters[1].description, "Available Bandwidth");
    assert_eq!(peer.counters[0].id, 2);
    let manifest = Manifest::new(&definition, "a.exe").to_string();
    assert!(manifest.contains("symbol=\"BYTES_SENT\""), "{manifest}");
}

#[test]
fn another_language_is_chosen_by_its_number() {
    let import = Import::new(PROVIDER).language("00c").unwrap();
    let definition = checked(convert(&import, INI, HEADER).unwrap());
    assert_eq!(definition.sets()[0].counters[0].name, "Octets envoyés");
    refused(
        &Import::new(PROVIDER).language("407").unwrap(),
        INI,
        HEADER,
        "a.ini:13: TRANSFER_OBJECT has no name in language 407; add TRANSFER_OBJECT_407_NAME=",
    );
    assert!(Import::new(PROVIDER).language("German").is_err());
}

#[test]
fn without_objects_the_first_symbol_is_the_object() {
    let ini = INI.replace("[objects]", "[other]");
    let imported = convert(&Import::new(PROVIDER), &ini, HEADER).unwrap();
    assert!(
        imported
            .warnings
            .iter()
            .any(|w| w.message.contains("no [objects]"))
    );
    let definition = checked(imported);
    assert_eq!(definition.sets().len(), 1);
    assert_eq!(definition.sets()[0].counters.len(), 4);
    let import = Import::new(PROVIDER)
        .object("TRANSFER_OBJECT")
        .object("peer_object");
    let definition = checked(convert(&import, &ini, HEADER).unwrap());
    assert_eq!(definition.sets().len(), 2);
    refused(
        &Import::new(PROVIDER).object("PEER_OBJECT"),
        &ini,
        HEADER,
        "a.ini:13: TRANSFER_OBJECT, number 0, is before any object",
    );
}

#[test]
fn a_base_belongs_to_the_counter_before_it() {
    let ini = "[info]\ndrivername=a\n[text]\n0_009_NAME=Obj\n0_009_HELP=x\n\
               2_009_NAME=Mean\n2_009_HELP=x\n4_009_NAME=Mean\n4_009_HELP=x\n";
    let import = Import::new(PROVIDER)
        .counter_type("2", CounterType::AVERAGE_BULK)
        .counter_type("4", CounterType::AVERAGE_BASE);
    let definition = checked(convert(&import, ini, "").unwrap());
    let counters = &definition.sets()[0].counters;
    assert_eq!(counters[0].base, Some(4));
    assert!(counters[1].hidden && counters[1].name == "Mean (base)");
}

#[test]
fn errors_name_the_file_the_line_and_what_to_do() {
    let import = Import::new(PROVIDER);
    refused(&import, "", HEADER, "a.ini: no drivername=");
    refused(&import, "[info]\ndrivername=a", HEADER, "a.ini: no [text]");
    refused(
        &import,
        INI,
        &HEADER.replace("#define BYTES_SENT ", "#define OTHER "),
        "a.ini:15: BYTES_SENT is not defined in a.h; add `#define BYTES_SENT` and its number",
    );
    refused(
        &import,
        INI,
        &HEADER.replace("PEER_OBJECT          6", "PEER_OBJECT 2"),
        "a.ini:18: BYTES_SENT and PEER_OBJECT both have number 2 in a.h",
    );
    refused(
        &import,
        &INI.replace("PEER_OBJECT_009_NAME=\n", "NONE_009_NAME=\n"),
        HEADER,
        "a.ini:8: the object NONE has no texts",
    );
    refused(
        &import
            .clone()
            .counter_type("NONE", CounterType::COUNTER_COUNTER),
        INI,
        HEADER,
        "for NONE, which is not there",
    );
    let imported = convert(&import, INI, &format!("#define X \"y\"\n{HEADER}")).unwrap();
    assert!(
        imported.warnings[0]
            .to_string()
            .starts_with("a.h:1: X is no number")
    );
}

#[test]
fn files_of_any_encoding_are_found_beside_each_other() {
    let dir = scratch::Dir::new("import");
    let ini = dir.path().join("a.ini");
    let utf16: Vec<u8> = "\u{feff}"
        .chars()
        .chain(
            INI.replace("CounterOffsets.h", r"..\inc\CounterOffsets.h")
                .chars(),
        )
        .flat_map(|c| {
            let mut units = [0; 2];
            c.encode_utf16(&mut units).to_vec()
        })
        .flat_map(u16::to_le_bytes)
        .collect();
    fs::write(&ini, utf16).unwrap();
    let import = Import::new(PROVIDER);
    let error = import.read(&ini).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
    let header = format!("\u{feff}{HEADER}").replace('\n', "\r\n");
    fs::write(dir.path().join("CounterOffsets.h"), header).unwrap();
    let french = import.language("00C").unwrap().read(&ini).unwrap();
    assert_eq!(french.spec.sets[0].counters[0].name, "Octets envoyés");
}

#[test]
fn a_set_keeps_its_guid_whatever_the_case_of_its_symbol() {
    let import = Import::new(PROVIDER);
    let guids = |ini: &str| {
        let spec = convert(&import, ini, HEADER).unwrap().spec;
        spec.sets.iter().map(|set| set.guid).collect::<Vec<_>>()
    };
    let other = INI.replace("PEER_OBJECT_", "Peer_Object_");
    assert_eq!(guids(&other), guids(INI));
    assert_eq!(guids(INI)[0], PROVIDER.derive("TRANSFER_OBJECT"));
}
