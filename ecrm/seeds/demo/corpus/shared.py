"""What people say whatever the complaint is about."""

SINCE = (
    "sejak tadi pagi", "sejak semalam", "sejak kemarin sore", "sejak jam 8 pagi", "sejak dua hari lalu", "sejak siang tadi",
    "sejak subuh", "sejak hari Minggu",
    "sejak tiga hari ini", "sejak hujan kemarin", "sejak satu jam lalu", "sejak pulang kerja",
)
GREETINGS = (
    "", "", "", "Selamat pagi. ", "Selamat siang, mohon bantuannya. ", "Halo admin, ", "Assalamualaikum. ",
    "Permisi, mau lapor. ", "Yth. layanan pelanggan, ", "Mohon maaf mengganggu. ",
    "Min, tolong dibantu ya. ",
)
ENDINGS = (
    "", "", "", " Mohon segera ditangani, terima kasih.", " Tolong dibantu secepatnya ya.", " Saya ada di rumah seharian.",
    " Bisa dihubungi lewat WhatsApp.",
    " Kalau bisa hari ini.", " Rumah cat hijau, dekat masjid.", " Terima kasih sebelumnya.",
    " Sudah dua kali lapor lewat telepon tapi belum ada hasil.",
    " Kalau mau datang mohon telepon dulu.", " Rumah pagar hitam sebelah warung.",
)
BACK = (
    "Saya ada di rumah besok mulai jam 9.", "Maaf tadi tidak terangkat, sekarang sudah di rumah.",
    "Silakan datang sore ini, ada istri saya di rumah.", "Ini sudah saya kirim datanya, mohon dicek.",
    "Baru saya coba, hasilnya masih sama.", "Sudah saya lakukan seperti petunjuk, mohon dilanjutkan.",
    "Izin dari pengelola sudah ada, silakan dikerjakan.", "Baik, saya setuju. Mohon diproses.",
)
ASKS = (
    "Bagaimana perkembangannya?", "Kira-kira jam berapa teknisinya datang?", "Masih belum ada perubahan ya, mohon kabarnya.",
    "Terima kasih, saya tunggu.", "Mohon dipercepat, pekerjaan saya terganggu.",
    "Apakah ada kompensasi untuk gangguan ini?", "Baik, terima kasih infonya.",
)
CALMS = (
    "Mohon maaf menunggu. Laporan Anda tetap kami pantau dan akan kami kabari hari ini.",
    "Teknisi sedang menyelesaikan satu lokasi sebelum ke tempat Anda.",
    "Terima kasih atas kesabarannya, kami usahakan secepatnya.",
)
CANCELS = (
    "Laporan ganda, sudah ada keluhan yang sama dari pelanggan ini.", "Pelanggan menelepon: sudah normal sendiri.",
    "Salah alamat pelanggan, dibuat ulang dengan nomor yang benar.",
    "Dibatalkan pelanggan, ternyata adaptor belum dicolokkan.", "Bukan layanan kami, pelanggan salah penyedia.",
)
AUTO_CLOSE = "Tiga hari tanpa kabar dari pelanggan setelah selesai."
DESK_CLOSE = (
    "Dikonfirmasi lewat telepon, sudah beres.", "Pelanggan membalas lewat WhatsApp bahwa sudah normal.",
    "Dihubungi, pelanggan menyatakan selesai.",
)
REMARKS = {
    5: (
        "Cepat dan ramah, terima kasih!", "Teknisinya sopan dan jelas menjelaskan.", "Puas, langsung beres hari itu juga.",
        "Mantap, lanjutkan.", "Pelayanan makin baik.", "Tidak sampai tiga jam sudah normal.",
    ),
    4: (
        "Bagus, cuma agak lama menunggu.", "Sudah beres, terima kasih.", "Teknisi baik, jadwalnya mundur sedikit.",
        "Oke, semoga tidak terulang.",
    ),
    3: ("Beres tapi harus menelepon berkali-kali.", "Lumayan, prosesnya lama.", "Selesai di kunjungan kedua."),
    2: ("Terlalu lama, dua hari tanpa internet.", "Kurang kabar dari teknisi.", "Sudah beres tetapi sering terulang."),
    1: (
        "Kecewa, janji terus tapi tidak datang.", "Seminggu baru selesai, sangat mengganggu usaha saya.",
        "Masalah yang sama terus berulang.",
    ),
}
LOYALTY = (
    "Tiga tahun setia berlangganan", "Lima tahun bersama kami", "Tidak pernah terlambat membayar", "Pelanggan lama di area padat",
)
PROMO = ("Promo naik kelas 30 hari", "Hadiah ajak teman", "Promo kemerdekaan", "Promo akhir tahun")
COMPENSATION = (
    "Kompensasi gangguan lebih dari 24 jam", "Permintaan maaf atas kunjungan yang terlambat", "Ganti rugi gangguan berulang",
)
WISHES = ("Mulai kapan?", "Tolong telepon saya sore hari.", "Apakah berlaku untuk alamat saya?", "Mohon diproses, terima kasih.")
NOT_FOR_YOU = ("Paket Anda sudah lebih tinggi dari yang ditawarkan", "Masih ada tagihan yang belum lunas", "Sudah pernah memakai promo ini")
REVOKED = ("Salah pelanggan", "Tunggakan dua bulan", "Pelanggan pindah paket")
SURVEYS = (
    "ODP terdekat 40 m, masih ada 3 port kosong. Siap pasang.", "ODP 120 m, perlu satu tiang tambahan. Disetujui cabang.",
    "Jalur lewat gang, kabel 85 m. Siap pasang.",
    "Rumah dua lantai, kabel masuk lewat belakang. ODP 60 m.", "Ruko, jalur pipa bersama tersedia. ODP 25 m.",
)
UNREACHABLE = (
    "ODP terdekat 900 m, belum ada rencana tiang.", "Tidak ada izin tarik kabel dari pengelola kawasan.",
    "Port di ODP habis, penambahan kuartal depan.",
)
REPORTS = (
    "Terpasang, redaman -18 dBm, speedtest sesuai paket.", "Terpasang dengan tambahan kabel 20 m, sinyal -20 dBm.",
    "Terpasang, WiFi diuji di semua kamar, pelanggan puas.",
)
# What visits used, what they were for, and why some were in vain.
MATERIALS = ("Kabel dropcore 30 m, konektor SC 2", "ONT baru 1", "Konektor SC 1, patchcord 3 m", "Adaptor 12 V 1", None, None)
TASKS = ("Cek redaman dan ganti konektor.", "Bawa ONT pengganti.", "Rapikan kabel dari tiang.", "Uji WiFi di semua kamar.")
IN_VAIN = {
    "not_home": ("Rumah terkunci, telepon tidak diangkat.", "Pelanggan sedang di luar kota."),
    "needs_parts": ("ONT rusak, stok di mobil habis.", "Perlu kabel 150 m lagi."),
    "needs_team": ("Tiang miring, perlu tim jaringan.", "Kabel putus di ketinggian, perlu mobil tangga."),
}
GIVEN_UP = ("Pemohon memilih penyedia lain.", "Pemohon menunda sampai renovasi selesai.", "Pemohon tidak bisa dihubungi.")
SUSPENDED = ("Tunggakan dua bulan", "Permintaan pelanggan, renovasi rumah", "Tunggakan tiga bulan")
ENDED = ("Pindah ke luar kota", "Beralih ke penyedia lain", "Usaha tutup", "Rumah dijual", "Tunggakan tidak dibayar")

# Why an area was without internet, what was being done, and what was done in the end.
OUTAGES = (
    ("Kabel serat optik utama di {area} putus. Tim kami sudah menuju lokasi.", "Titik putus sudah ditemukan, kabel sedang disambung.",
     "Kabel sudah disambung dan diuji. Layanan sudah normal kembali."),
    ("Listrik di kotak distribusi {area} padam, koneksi ikut terputus.", "Genset sudah dipasang, perangkat sedang dinyalakan kembali.",
     "Listrik sudah menyala dan semua perangkat sudah normal."),
    ("Perangkat OLT untuk {area} rusak. Perangkat pengganti sedang dikirim.", "Perangkat pengganti sudah tiba dan sedang dikonfigurasi.",
     "OLT sudah diganti. Silakan nyalakan ulang modem jika belum terhubung."),
)
NO_OUTAGE = "Setelah kami periksa, ini bukan gangguan massal. Setiap keluhan kami tangani satu per satu."
