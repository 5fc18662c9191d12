/// The two ways in which documents name a state: three letters in the machine-readable zone (ICAO 9303-3, 5), two in
/// certificates (ISO 3166-1 alpha-2; ICAO 9303-12, 7.1.1).
package enum IssuingState {
    /// The countries whose certificates may sign documents of an issuing state or organisation, as DG1 names it without
    /// fillers; nil for a code that this table does not hold.
    package static func countries(of code: String) -> Set<String>? {
        if let special = special[code] { return special }
        return table[code].map { [$0] }
    }

    /// What ISO 3166-1 does not say: Germany's single letter, kinds of British nationality, the two regions of China,
    /// and organisations (9303-3, 5, parts B to E).
    private static let special: [String: Set<String>] = [
        "D": ["DE"],
        "GBD": ["GB"], "GBN": ["GB"], "GBO": ["GB"], "GBP": ["GB"], "GBS": ["GB"],
        "CHN": ["CN", "HK", "MO"], "HKG": ["HK", "CN"], "MAC": ["MO", "CN"],
        "RKS": ["KS", "XK"],
        "EUE": ["EU"],
        "UNO": ["UN"], "UNA": ["UN"], "UNK": ["UN"],
        "XOM": ["XO", "XM"], "XPO": ["XP"], "XES": ["XE"], "XCE": ["XC"],
        "UTO": ["UT"],
    ]

    /// ISO 3166-1: three letters, then the two.
    private static let table: [String: String] = {
        var result: [String: String] = [:]
        for entry in codes.split(whereSeparator: \.isWhitespace) where entry.count == 5 {
            result[String(entry.prefix(3))] = String(entry.suffix(2))
        }
        return result
    }()

    private static let codes = """
        ABWAW AFGAF AGOAO AIAAI ALAAX ALBAL ANDAD AREAE ARGAR ARMAM ASMAS ATAAQ ATFTF ATGAG AUSAU AUTAT AZEAZ BDIBI
        BELBE BENBJ BESBQ BFABF BGDBD BGRBG BHRBH BHSBS BIHBA BLMBL BLRBY BLZBZ BMUBM BOLBO BRABR BRBBB BRNBN BTNBT
        BVTBV BWABW CAFCF CANCA CCKCC CHECH CHLCL CHNCN CIVCI CMRCM CODCD COGCG COKCK COLCO COMKM CPVCV CRICR CUBCU
        CUWCW CXRCX CYMKY CYPCY CZECZ DEUDE DJIDJ DMADM DNKDK DOMDO DZADZ ECUEC EGYEG ERIER ESHEH ESPES ESTEE ETHET
        FINFI FJIFJ FLKFK FRAFR FROFO FSMFM GABGA GBRGB GEOGE GGYGG GHAGH GIBGI GINGN GLPGP GMBGM GNBGW GNQGQ GRCGR
        GRDGD GRLGL GTMGT GUFGF GUMGU GUYGY HKGHK HMDHM HNDHN HRVHR HTIHT HUNHU IDNID IMNIM INDIN IOTIO IRLIE IRNIR
        IRQIQ ISLIS ISRIL ITAIT JAMJM JEYJE JORJO JPNJP KAZKZ KENKE KGZKG KHMKH KIRKI KNAKN KORKR KWTKW LAOLA LBNLB
        LBRLR LBYLY LCALC LIELI LKALK LSOLS LTULT LUXLU LVALV MACMO MAFMF MARMA MCOMC MDAMD MDGMG MDVMV MEXMX MHLMH
        MKDMK MLIML MLTMT MMRMM MNEME MNGMN MNPMP MOZMZ MRTMR MSRMS MTQMQ MUSMU MWIMW MYSMY MYTYT NAMNA NCLNC NERNE
        NFKNF NGANG NICNI NIUNU NLDNL NORNO NPLNP NRUNR NZLNZ OMNOM PAKPK PANPA PCNPN PERPE PHLPH PLWPW PNGPG POLPL
        PRIPR PRKKP PRTPT PRYPY PSEPS PYFPF QATQA REURE ROURO RUSRU RWARW SAUSA SDNSD SENSN SGPSG SGSGS SHNSH SJMSJ
        SLBSB SLESL SLVSV SMRSM SOMSO SPMPM SRBRS SSDSS STPST SURSR SVKSK SVNSI SWESE SWZSZ SXMSX SYCSC SYRSY TCATC
        TCDTD TGOTG THATH TJKTJ TKLTK TKMTM TLSTL TONTO TTOTT TUNTN TURTR TUVTV TWNTW TZATZ UGAUG UKRUA UMIUM URYUY
        USAUS UZBUZ VATVA VCTVC VENVE VGBVG VIRVI VNMVN VUTVU WLFWF WSMWS YEMYE ZAFZA ZMBZM ZWEZW
        """
}
