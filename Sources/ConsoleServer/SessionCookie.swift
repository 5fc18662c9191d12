import HTTPTypes
import StationCore

/// The cookie that names a console session. It holds an id of this console and nothing else: the daemon's token never
/// reaches a browser, and a script cannot read the cookie.
enum SessionCookie {
    private static let name = "intake-session"
    private static let idBytes = 32

    /// A new id: 256 random bits.
    static func newID(_ random: any RandomSource) -> String { Hex.text(random.bytes(idBytes)) }

    /// What the browser says; an id that was never given out is nobody's. Two cookies of this name, as a page on another
    /// port could plant one, are refused together: nobody can tell which is ours.
    static func id(in headers: HTTPFields) -> String? {
        let pairs = headers[values: .cookie].joined(separator: ";").split(separator: ";")
        let values = pairs.compactMap { pair -> Substring? in
            let pair = pair.drop { $0 == " " }
            return pair.hasPrefix(name + "=") ? pair.dropFirst(name.count + 1) : nil
        }
        guard values.count == 1, values[0].utf8.count == 2 * idBytes else { return nil }
        return String(values[0])
    }

    /// Gives an id to the browser, until it is closed.
    static func setting(_ id: String) -> String { "\(name)=\(id); Path=/; HttpOnly; SameSite=Strict" }

    /// Takes it away.
    static let clearing = "\(name)=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0"
}
