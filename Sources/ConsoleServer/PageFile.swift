import HTTPTypes
import Hummingbird

/// One file of the page, compiled into the program: there is no directory to wander through.
struct PageFile: Sendable {
    let name: String
    let mediaType: String
    let bytes: [UInt8]
    /// The same, compressed; nil where that failed.
    let packed: [UInt8]?

    init(name: String, mediaType: String, bytes: [UInt8]) {
        self.name = name
        self.mediaType = mediaType
        self.bytes = bytes
        packed = Gzip.packed(bytes)
    }

    /// The file at a path of one segment; the empty segment is the page itself.
    static func named(_ name: String) -> PageFile? { table[name] }

    static let all: [PageFile] = [
        PageFile(name: "", mediaType: "text/html; charset=utf-8", bytes: PackageResources.index_html),
        // Nothing is painted before the last style is there: one answer in place of three.
        PageFile(
            name: "page.css", mediaType: "text/css; charset=utf-8",
            bytes: PackageResources.app_css + PackageResources.desk_css + PackageResources.views_css),
        PageFile(name: "icon.svg", mediaType: "image/svg+xml", bytes: PackageResources.icon_svg),
        script("app", PackageResources.app_js),
        script("camera", PackageResources.camera_js),
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
        script("readers", PackageResources.readers_js),
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

    /// The file as the browser takes it. It holds nothing secret, so that its compressed size tells nobody anything.
    func response(to request: Request) -> Response {
        guard let packed, request.accepts("gzip") else { return .bytes(bytes, type: mediaType) }
        var response = Response.bytes(packed, type: mediaType)
        response.headers[.contentEncoding] = "gzip"
        return response
    }

    private static let table = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    private static func script(_ name: String, _ bytes: [UInt8]) -> PageFile {
        PageFile(name: name + ".js", mediaType: "text/javascript; charset=utf-8", bytes: bytes)
    }
}

extension Request {
    /// Whether the client takes a content coding (RFC 9110, section 12.5.3); a weight of 0 is a refusal.
    fileprivate func accepts(_ coding: String) -> Bool {
        headers[values: .acceptEncoding].joined(separator: ",").split(separator: ",").contains { offer in
            let parts = offer.split(separator: ";").map { $0.trimmingPrefix { $0 == " " } }
            return parts.first.map { $0.lowercased().hasPrefix(coding) && $0.count == coding.count } == true
                && !parts.dropFirst().contains { $0 == "q=0" || $0.hasPrefix("q=0.0") }
        }
    }
}
