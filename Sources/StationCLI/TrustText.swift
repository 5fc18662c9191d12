package import DocumentTrust
import StationCore

/// `intakectl trust` for people.
package struct TrustText {
    private let language: Language

    /// Renders in a language.
    package init(_ language: Language) { self.language = language }

    /// What an import brought, file by file.
    package func text(_ reports: [TrustImportReport]) -> String {
        reports.map(text).joined(separator: "\n\n")
    }

    /// What anchors what.
    package func text(_ listing: TrustListing) -> String {
        var parts: [String] = []
        if !listing.authorities.isEmpty {
            var table = Table([
                "SHA-256", language.pick("QUỐC GIA", "COUNTRY"), language.pick("HẾT HẠN", "EXPIRES"),
                language.pick("TIN VÌ", "TRUSTED"), language.pick("NGUỒN", "SOURCE"),
                language.pick("CHỦ THỂ", "SUBJECT"),
            ])
            for authority in listing.authorities {
                table.add([
                    String(authority.sha256.prefix(16)), authority.country ?? "-", expiry(authority),
                    standing(authority), source(authority.source), authority.subject,
                ])
            }
            parts.append(table.text)
        }
        if !listing.revocationLists.isEmpty {
            var table = Table([
                language.pick("DANH SÁCH THU HỒI CỦA", "REVOCATION LIST OF"), language.pick("TUỔI", "AGE"),
                language.pick("HẠN", "DUE"), language.pick("SỐ THU HỒI", "REVOKED"),
            ])
            for list in listing.revocationLists {
                let due = list.nextUpdate.map { day($0) } ?? "-"
                table.add([
                    list.issuer, "\(list.ageDays) d",
                    due + (list.outdated ? language.pick(" (đã cũ)", " (outdated)") : ""), "\(list.revoked)",
                ])
            }
            parts.append(table.text)
        }
        return parts.joined(separator: "\n\n")
    }

    private func text(_ report: TrustImportReport) -> String {
        var lines = [report.file]
        for signer in report.signers {
            let standing =
                switch signer.standing {
                case .anchored:
                    language.pick("được bảo chứng bởi \(signer.anchor ?? "")", "vouched for by \(signer.anchor ?? "")")
                case .accepted:
                    language.pick("do quản trị viên chấp nhận", "accepted by the administrator")
                }
            lines.append(language.pick("  Bên ký: ", "  Signer: ") + "\(signer.subject), \(standing)")
            lines.append("  SHA-256 \(signer.sha256)" + (signer.signedAt.map { ", \(day($0))" } ?? ""))
        }
        let counts: [(Int, String, String)] = [
            (report.authoritiesAdded, "chứng thư gốc mới", "new authorities"),
            (report.linksAdded, "chứng thư liên kết mới", "new link certificates"),
            (report.revocationListsAdded, "danh sách thu hồi mới", "new revocation lists"),
            (report.known, "đã có từ trước", "known before"),
            (report.otherCountries, "của quốc gia khác", "of other countries"),
            (report.refused.count, "không dùng được", "not usable"),
        ]
        for (count, vietnamese, english) in counts where count > 0 {
            lines.append("  \(count) " + language.pick(vietnamese, english))
        }
        for refused in report.refused {
            let place = refused.position.map { language.pick("mục \($0)", "entry \($0)") } ?? refused.subject ?? ""
            lines.append("    \(place): \(refused.reason)")
        }
        return lines.joined(separator: "\n")
    }

    private func standing(_ authority: TrustListing.Authority) -> String {
        switch authority.standing {
        case .anchor: language.pick("được chọn", "chosen")
        case .linked:
            language.pick("liên kết từ ", "linked from ")
                + (authority.via.last.map { String($0.prefix(16)) } ?? "")
        case .unanchored: language.pick("chưa tin: thiếu gốc", "not trusted: no anchor")
        }
    }

    private func expiry(_ authority: TrustListing.Authority) -> String {
        day(authority.notAfter) + (authority.expired ? language.pick(" (hết hạn)", " (expired)") : "")
    }

    private func source(_ source: TrustSource) -> String {
        switch source.kind {
        case .file: language.pick("tệp", "file")
        case .masterList: language.pick("danh sách ", "list ") + String(source.signerSHA256?.prefix(16) ?? "")
        }
    }

    private func day(_ time: Timestamp) -> String { String(time.text.prefix(10)) }
}
