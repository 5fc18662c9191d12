import StationAPI
import StationCore

/// Operators and intake sessions for people.
struct PeopleText {
    let words: Language

    init(_ words: Language) { self.words = words }

    func line(_ person: SignedIn) -> String {
        let rank = rank(person.role)
        guard person.mustChangeSecret else { return "\(person.operatorId) (\(rank))" }
        return "\(person.operatorId) (\(rank)): "
            + words.pick("phải đổi mật khẩu, intakectl secret", "has to set a secret, intakectl secret")
    }

    func text(_ entries: [OperatorList.Entry]) -> String {
        var table = Table([
            words.pick("TÊN", "NAME"), words.pick("VAI TRÒ", "ROLE"), words.pick("TÀI KHOẢN", "ACCOUNT"),
            words.pick("MỞ KHÓA TRẠM", "OPENS STATION"), words.pick("SAI", "WRONG"),
        ])
        for entry in entries {
            let account =
                entry.suspended
                ? words.pick("bị khóa", "locked")
                : entry.mustChangeSecret ? words.pick("mật khẩu tạm", "temporary secret") : words.pick("mở", "open")
            table.add([
                entry.operatorId, rank(entry.role), account,
                entry.opensStation ? words.pick("có", "yes") : words.pick("không", "no"), "\(entry.wrongSecrets)",
            ])
        }
        return table.text
    }

    func text(_ report: DataKeyReport) -> String {
        words.pick(
            "Trạm có khóa dữ liệu mới, mở bằng mật khẩu tạm của \(report.account.operatorId). Đã xóa dữ liệu liên hệ của "
                + "\(report.forgotten) hồ sơ; hồ sơ đã lưu vẫn được truyền. Người khác: intakectl operator reset khi "
                + "\(report.account.operatorId) đang đăng nhập.",
            "The station has a new data key, which the temporary secret of \(report.account.operatorId) opens. The follow-up "
                + "data of \(report.forgotten) applications was deleted; what was saved is still sent. For the others: "
                + "intakectl operator reset while \(report.account.operatorId) is signed in.")
    }

    func text(_ shift: ShiftReport) -> String {
        let kind = shift.kind == "mobile" ? words.pick("lưu động", "mobile") : words.pick("cố định", "fixed")
        var lines = [
            words.pick("Phiên \(shift.number)", "Session \(shift.number)") + " \(shift.shiftId)",
            words.pick("Tổ thu nhận \(kind): ", "Team (\(kind)): ") + shift.team,
            words.pick("Điểm thu nhận: ", "Intake point: ") + shift.point,
            words.pick("Phụ trách: ", "Responsible: ") + shift.responsible,
            words.pick("Cán bộ: ", "Operators: ") + shift.operators.joined(separator: ", "),
            words.pick("Mở lúc: ", "Opened: ") + "\(shift.openedAt.text) (\(shift.openedBy))",
        ]
        if let closedAt = shift.closedAt {
            lines.append(words.pick("Đóng lúc: ", "Closed: ") + "\(closedAt.text) (\(shift.closedBy ?? ""))")
        }
        return lines.joined(separator: "\n")
    }

    func text(_ list: ShiftList) -> String {
        guard !list.shifts.isEmpty else { return words.pick("Chưa có phiên nào", "No sessions") }
        var table = Table([
            words.pick("SỐ", "NO"), words.pick("MỞ LÚC", "OPENED"), words.pick("ĐÓNG LÚC", "CLOSED"),
            words.pick("TỔ", "TEAM"), words.pick("ĐIỂM", "POINT"), "ID",
        ])
        for shift in list.shifts {
            table.add([
                "\(shift.number)", shift.openedAt.text, shift.closedAt?.text ?? "-", shift.team, shift.point,
                shift.shiftId,
            ])
        }
        return table.text
    }

    func text(_ summary: ShiftSummaryReport) -> String {
        var table = Table([words.pick("CHỈ SỐ", "FIGURE"), words.pick("HỒ SƠ", "APPLICATIONS")])
        for (vi, en, value) in [
            ("Đã thu nhận", "Taken in", summary.taken), ("Đã truyền", "Transmitted", summary.transmitted),
            ("Được tiếp nhận", "Accepted", summary.accepted), ("Bị từ chối", "Rejected", summary.rejected),
            ("Còn chờ", "Waiting", summary.waiting), ("Hủy, đóng, cách ly", "Set aside", summary.setAside),
        ] { table.add([words.pick(vi, en), "\(value)"]) }
        for person in summary.byOperator { table.add(["  " + person.operatorId, "\(person.taken)"]) }
        let state =
            summary.provisional
            ? words.pick("Số liệu tạm thời, tính đến ", "Provisional figures, as of ")
            : words.pick("Số liệu tính đến ", "Figures as of ")
        return [
            text(summary.shift), "", table.text, "", state + summary.asOf.text,
            words.pick("Chưa có số liệu kích hoạt", "No activation figures yet"),
        ].joined(separator: "\n")
    }

    private func rank(_ rank: OperatorRank) -> String {
        switch rank {
        case .operator: words.pick("cán bộ thu nhận", "operator")
        case .supervisor: words.pick("người phụ trách", "supervisor")
        }
    }
}
