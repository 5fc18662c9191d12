import CPCSC
import StationCore

/// Questions to a reader that no card answers (PC/SC part 10), through a connection of any kind. They block.
struct ReaderControl {
    let card: SCARDHANDLE

    /// The reader's properties as it lists them; nil when it has none to tell.
    func properties() -> [UInt8]? {
        control(cpcsc_feature_request()).flatMap { ReaderFeatures.propertiesControlCode(features: $0) }
            .flatMap { control(DWORD($0)) }
    }

    /// An attribute (PC/SC part 3, 3.1.4); nil when reader or driver does not know it.
    func attribute(_ attribute: DWORD) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 256)
        var length = DWORD(bytes.count)
        let status = unsafe PCSCStatus(SCardGetAttrib(card, attribute, &bytes, &length))
        guard status == .success, length <= DWORD(bytes.count) else { return nil }
        return Array(bytes[..<Int(length)])
    }

    private func control(_ code: DWORD) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 512)
        var length = DWORD(0)
        let status = unsafe PCSCStatus(SCardControl(card, code, nil, 0, &bytes, DWORD(bytes.count), &length))
        guard status == .success, length <= DWORD(bytes.count) else { return nil }
        return Array(bytes[..<Int(length)])
    }
}
