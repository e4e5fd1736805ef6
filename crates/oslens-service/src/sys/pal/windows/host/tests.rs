use std::sync::mpsc;

use super::*;
use crate::host::{Control, DeviceEvent, PowerEvent, SessionEvent};

/// A handler that the service manager does not know of, and what it is given.
fn connected() -> (usize, mpsc::Receiver<(u32, u32, Vec<u8>)>) {
    let id = reserve();
    // As long as it is only registered:
    assert_eq!(call(id, 200, 0, std::ptr::null::<u8>()), 1061);
    assert_eq!(call(id, code::INTERROGATE, 0, std::ptr::null::<u8>()), 0);
    let (send, receive) = mpsc::channel();
    let send = Mutex::new(send);
    connect(
        id,
        Arc::new(move |control, event, data| {
            let send = send.lock().unwrap();
            send.send((control, event, data.to_vec())).unwrap();
            7
        }),
    );
    (id, receive)
}

fn call<T>(id: usize, control: u32, event: u32, data: *const T) -> u32 {
    // SAFETY: the tests hand out what the system does for each control.
    unsafe { handler(control, event, data.cast_mut().cast(), id as *mut c_void) }
}

#[repr(C)]
struct Session {
    size: u32,
    session: u32,
}

#[repr(C)]
struct PowerSetting {
    guid: [u8; 16],
    length: u32,
    data: [u8; 4],
}

#[repr(C)]
struct TimeChange {
    new: i64,
    old: i64,
}

#[repr(C)]
struct DeviceInterface {
    size: u32,
    kind: u32,
    reserved: u32,
    class: [u8; 16],
    name: [u16; 8],
}

/// What is read of what the handler was given.
fn read(receive: &mpsc::Receiver<(u32, u32, Vec<u8>)>) -> Control {
    let (control, event, data) = receive.try_recv().unwrap();
    Control::read(control, event, &data).unwrap()
}

#[test]
fn the_structures_of_the_system_reach_the_service() {
    let (id, receive) = connected();
    let session = Session {
        size: 8,
        session: 3,
    };
    assert_eq!(call(id, code::SESSION_CHANGE, 7, &session), 7);
    let Control::SessionChange(change) = read(&receive) else {
        panic!()
    };
    assert_eq!((change.kind, change.session), (SessionEvent::Lock, 3));

    let setting = PowerSetting {
        guid: [1; 16],
        length: 4,
        data: [2, 0, 0, 0],
    };
    call(id, code::POWER_EVENT, POWER_SETTING_CHANGE, &setting);
    let Control::Power(power) = read(&receive) else {
        panic!()
    };
    assert_eq!(power.setting.unwrap().data, [2, 0, 0, 0]);
    // Other events of power have no data, whatever is in the argument.
    call(id, code::POWER_EVENT, 4, std::ptr::dangling::<u8>());
    let Control::Power(power) = read(&receive) else {
        panic!()
    };
    assert_eq!((power.kind, power.setting), (PowerEvent::Suspend, None));

    let change = TimeChange {
        new: 116_444_736_010_000_000,
        old: 0,
    };
    call(id, code::TIME_CHANGE, 0, &change);
    let Control::TimeChange(change) = read(&receive) else {
        panic!()
    };
    assert!(change.new.is_some() && change.old.is_none());

    let mut name = [0; 8];
    for (to, from) in name.iter_mut().zip("usb".encode_utf16()) {
        *to = from;
    }
    let device = DeviceInterface {
        size: size_of::<DeviceInterface>() as u32,
        kind: 5,
        reserved: 0,
        class: [9; 16],
        name,
    };
    call(id, code::DEVICE_EVENT, 0x8000, &device);
    let Control::Device(device) = read(&receive) else {
        panic!()
    };
    assert_eq!(device.kind, DeviceEvent::Arrival);
    assert_eq!(device.interface.unwrap().name, "usb");

    // What comes without data is told without.
    for control in [code::STOP, code::SHUTDOWN, code::PRESHUTDOWN, 255] {
        call(id, control, 0, std::ptr::null::<u8>());
        assert!(read(&receive).needs().bits() < 0x200);
    }
    handlers().remove(&id);
    assert_eq!(call(id, code::STOP, 0, std::ptr::null::<u8>()), 1062);
}

#[test]
fn a_panic_does_not_leave_the_handler() {
    let (id, _) = connected();
    connect(id, Arc::new(|_, _, _| panic!("on purpose")));
    assert_eq!(call(id, code::STOP, 0, std::ptr::null::<u8>()), 120);
    handlers().remove(&id);
}

#[test]
fn a_late_control_does_not_reach_the_next_service() {
    let (old, _) = connected();
    handlers().remove(&old);
    let (_, told) = connected();
    assert_eq!(call(old, code::STOP, 0, std::ptr::null::<u8>()), 1062);
    assert!(told.try_recv().is_err());
}
