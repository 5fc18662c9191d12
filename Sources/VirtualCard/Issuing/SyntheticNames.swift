import CitizenCard

/// Common parts of Vietnamese names and addresses, put together at random: they name nobody.
enum SyntheticNames {
    static let families = [
        "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương",
        "Điểu",
    ]
    private static let middles: [Sex: [String]] = [
        .male: ["Văn", "Đức", "Minh", "Hữu", "Quốc", "Xuân"],
        .female: ["Thị", "Ngọc", "Thị Mỹ", "Thị Ánh", "Thu", "Kim"],
    ]
    private static let given: [Sex: [String]] = [
        .male: ["Hùng", "Dũng", "Đạt", "Khởi", "Phước", "Thắng", "Tuấn", "Quyết", "Vượng", "Ý"],
        .female: ["Hằng", "Nguyệt", "Thủy", "Yến", "Hạnh", "Đào", "Phượng", "Trâm", "Uyên", "Lệ"],
    ]
    static let places = [
        "An Khương", "Đồng Nơ", "Minh Đức", "Phước An", "Tân Hiệp", "Tân Khai", "Thanh An", "Thanh Bình",
    ]

    static func person(family: String, sex: Sex, using generator: inout SeededGenerator) -> String {
        "\(family) \(generator.pick(middles[sex] ?? [])) \(generator.pick(given[sex] ?? []))"
    }

    static func residence(place: String, using generator: inout SeededGenerator) -> String {
        let house = Int.random(in: 1...400, using: &generator)
        let group = Int.random(in: 1...12, using: &generator)
        return
            "Số \(house), tổ \(group), ấp \(group % 5 + 1), đường liên xã \(place) - Tân Khai, khu dân cư số \(group), xã \(place), huyện Hớn Quản, tỉnh Bình Phước"
    }
}
