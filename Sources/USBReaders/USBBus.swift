import CUSB
import Glibc
package import StationCore
import Synchronization
package import USBInventory

/// The USB tree through libusb.
///
/// Sendable by proof: libusb's calls may be made from any thread (libusb's "Multi-threaded applications"), the context
/// is set once and outlives every call, and what the callback touches is atomic.
@safe package final class USBBus: @unchecked Sendable {
    private let context: OpaquePointer
    private let changes = ChangeFlag()

    /// Begins to watch the tree. Throws `internalFault` when libusb cannot.
    package init() throws(Failure) {
        var context: OpaquePointer?
        try Self.check(unsafe libusb_init(&context), "libusb_init")
        guard let context = unsafe context else { throw Failure(.internalFault, "libusb_init") }
        unsafe self.context = context
        let events = LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED.rawValue | LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT.rawValue
        let any = Int32(LIBUSB_HOTPLUG_MATCH_ANY)
        let registered = unsafe libusb_hotplug_register_callback(
            context, Int32(events), 0, any, any, any,
            { _, _, _, flag in
                guard let flag = unsafe flag else { return 0 }
                unsafe Unmanaged<ChangeFlag>.fromOpaque(flag).takeUnretainedValue().raise()
                return 0
            }, Unmanaged.passUnretained(changes).toOpaque(), nil)
        try Self.check(registered, "libusb_hotplug_register_callback")
    }

    deinit { unsafe libusb_exit(context) }

    /// Every reader on the tree, in the order of the ports' names.
    package func readers() -> [USBDevice] {
        var readers: [USBDevice] = []
        unsafe withDevices { device in
            if let reader = unsafe DeviceReading(device)?.reader, readers.count < Limits.USB.devices {
                readers.append(reader)
            }
        }
        return readers.sorted { $0.port.text < $1.port.text }
    }

    /// Waits until a device comes or goes, `interrupt` is called, or time passes. For one thread.
    package func waitForChange(atMost limit: Duration) {
        let milliseconds = limit.wholeMilliseconds
        var time = timeval(tv_sec: Int(milliseconds / 1_000), tv_usec: Int(milliseconds % 1_000) * 1_000)
        // One round of events handles whatever is there, and ends the wait.
        if !changes.isRaised { _ = unsafe libusb_handle_events_timeout_completed(context, &time, nil) }
        changes.lower()
    }

    /// Ends a wait.
    package func interrupt() {
        changes.raise()
        unsafe libusb_interrupt_event_handler(context)
    }

    /// Resets the reader that is plugged in at a port, and nothing that is not a reader. Blocks until the device is
    /// there again.
    package func reset(_ port: USBPort) -> ResetAnswer {
        var answer = ResetAnswer(port: port, outcome: .unknownPort)
        unsafe withDevices { device in
            guard let reading = unsafe DeviceReading(device), reading.port == port, reading.reader != nil else {
                return
            }
            answer = unsafe Self.reset(device, port)
        }
        interrupt()
        return answer
    }

    private static func reset(_ device: OpaquePointer, _ port: USBPort) -> ResetAnswer {
        var handle: OpaquePointer?
        let opened = unsafe libusb_open(device, &handle)
        guard opened == 0, let handle = unsafe handle else {
            let denied = opened == LIBUSB_ERROR_ACCESS.rawValue
            return ResetAnswer(port: port, outcome: denied ? .noPermission : .failed, detail: name(of: opened))
        }
        defer { unsafe libusb_close(handle) }
        switch unsafe libusb_reset_device(handle) {
        case 0: return ResetAnswer(port: port, outcome: .done)
        case LIBUSB_ERROR_NOT_FOUND.rawValue: return ResetAnswer(port: port, outcome: .returning)
        case let code: return ResetAnswer(port: port, outcome: .failed, detail: name(of: code))
        }
    }

    private func withDevices(_ body: (OpaquePointer) -> Void) {
        var list: UnsafeMutablePointer<OpaquePointer?>?
        let count = unsafe libusb_get_device_list(context, &list)
        guard count >= 0, let list = unsafe list else { return }
        defer { unsafe libusb_free_device_list(list, 1) }
        for index in 0..<count { if let device = unsafe list[index] { unsafe body(device) } }
    }

    private static func check(_ code: Int32, _ call: String) throws(Failure) {
        guard code == 0 else { throw Failure(.internalFault, "\(call): \(name(of: code))") }
    }

    private static func name(of code: Int32) -> String { unsafe String(cString: libusb_error_name(code)) }
}

/// Says that the tree changed since somebody looked.
private final class ChangeFlag: Sendable {
    private let flag = Atomic(false)
    var isRaised: Bool { flag.load(ordering: .acquiring) }
    func raise() { flag.store(true, ordering: .releasing) }
    func lower() { flag.store(false, ordering: .releasing) }
}
