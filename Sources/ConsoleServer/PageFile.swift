import CZlib
import HTTPTypes
import Hummingbird

/// One file of the page, compiled into the program: there is no directory to wander through.
struct PageFile: Sendable {
    let name: String
    let mediaType: String
    let bytes: [UInt8]
    /// The same in the `deflate` coding (RFC 9110, 8.4.1.2), a third of the size; nil when zlib gave none.
    let deflated: [UInt8]?

    init(name: String, mediaType: String, bytes: [UInt8]) {
        self.name = name
        self.mediaType = mediaType
        self.bytes = bytes
        deflated = Self.deflate(bytes)
    }

    /// The file at a path of one segment; the empty segment is the page itself.
    static func named(_ name: String) -> PageFile? { table[name] }

    static let all: [PageFile] = [
        PageFile(name: "", mediaType: "text/html; charset=utf-8", bytes: PackageResources.index_html),
        PageFile(name: "app.css", mediaType: "text/css; charset=utf-8", bytes: PackageResources.app_css),
        PageFile(name: "desk.css", mediaType: "text/css; charset=utf-8", bytes: PackageResources.desk_css),
        PageFile(name: "views.css", mediaType: "text/css; charset=utf-8", bytes: PackageResources.views_css),
        PageFile(name: "icon.svg", mediaType: "image/svg+xml", bytes: PackageResources.icon_svg),
        script("app", PackageResources.app_js),
        script("desk", PackageResources.desk_js),
        script("dom", PackageResources.dom_js),
        script("entry", PackageResources.entry_js),
        script("form", PackageResources.form_js),
        script("idle", PackageResources.idle_js),
        script("item", PackageResources.item_js),
        script("link", PackageResources.link_js),
        script("list", PackageResources.list_js),
        script("opener", PackageResources.opener_js),
        script("qr", PackageResources.qr_js),
        script("queue", PackageResources.queue_js),
        script("receipt", PackageResources.receipt_js),
        script("scanner", PackageResources.scanner_js),
        script("sign", PackageResources.sign_js),
        script("special", PackageResources.special_js),
        script("state", PackageResources.state_js),
        script("station", PackageResources.station_js),
        script("stick", PackageResources.stick_js),
        script("strings", PackageResources.strings_js),
        script("strings-desk", PackageResources.strings_desk_js),
        script("strings-views", PackageResources.strings_views_js),
        script("views", PackageResources.views_js),
    ]

    /// The file, in the coding that the browser takes (RFC 9110, 12.5.3).
    func response(to request: Request) -> Response {
        let accepted = request.headers[values: .acceptEncoding].joined(separator: ",").split(separator: ",")
        let takesDeflate = accepted.contains { $0.filter { $0 != " " }.lowercased() == "deflate" }
        guard takesDeflate, let deflated else { return .bytes(bytes, type: mediaType) }
        var response = Response.bytes(deflated, type: mediaType)
        response.headers[.contentEncoding] = "deflate"
        response.headers[.vary] = "Accept-Encoding"
        return response
    }

    private static func deflate(_ bytes: [UInt8]) -> [UInt8]? {
        var size = compressBound(uLong(bytes.count))
        var packed = [UInt8](repeating: 0, count: Int(size))
        guard compress2(&packed, &size, bytes, uLong(bytes.count), Z_BEST_COMPRESSION) == Z_OK else { return nil }
        return Array(packed.prefix(Int(size)))
    }

    private static let table = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    private static func script(_ name: String, _ bytes: [UInt8]) -> PageFile {
        PageFile(name: name + ".js", mediaType: "text/javascript; charset=utf-8", bytes: bytes)
    }
}
