"""What people say about cables and poles, Wi-Fi and modems."""

from ecrm.seeds.demo.corpus.topic import Case, Topic

KABEL = Topic(
    field=True,
    cases=(
        Case(
            ("Kabel putus di depan rumah", "Kabel tertabrak truk", "Kabel menjuntai ke jalan", "Kabel terlalu rendah"),
            (
                (
                    "Kabel internet di depan rumah putus tersangkut truk {since} dan menjuntai ke jalan. Berbahaya untuk "
                    "pengendara motor."
                ),
                "Kabel dari tiang terlalu rendah, hampir kena kepala orang yang lewat. Mohon dinaikkan.",
            ),
            (
                "Kabel drop diganti 75 meter, jalur dinaikkan, internet normal.",
                "Kabel ditarik ulang lebih tinggi dan diikat ke tiang.",
            ),
        ),
        Case(
            ("Tiang miring hampir roboh", "Tiang di {area} keropos"),
            ("Tiang di ujung gang miring setelah angin kencang. Takut roboh menimpa mobil warga.",
             "Kaki tiang di {area} keropos dan sudah retak. Mohon diganti sebelum jatuh."),
            ("Tiang ditegakkan dan dicor ulang, kabel dirapikan.", "Tiang diganti baru, kabel dipindah."),
        ),
        Case(
            ("Kabel tersangkut pohon tumbang", "Kabel ikut terpotong galian"),
            ("Ada pohon tumbang di {area}, kabel kami ikut tertarik sampai putus. Internet mati {since}.",
             "Petugas galian pipa memotong kabel fiber di depan toko kami. Tolong segera disambung, kami jualan online."),
            ("Kabel disambung di joint box, redaman -18 dBm.", "Kabel 60 meter ditarik ulang melewati jalur lain."),
        ),
        Case(
            ("Kotak ODP terbuka", "Mohon rapikan kabel di tiang"),
            ("Kotak di tiang (ODP) pintunya terbuka dan kabelnya berantakan, kalau hujan kemasukan air.",),
            ("ODP dirapikan dan dikunci, semua port diuji.", "ODP pecah diganti baru."),
        ),
        Case(
            ("Kabel fiber digigit tikus", "Kabel di plafon rusak"),
            ("Kabel di plafon digigit tikus sampai kelihatan bagian dalamnya. Internet mati {since}.",),
            ("Kabel di plafon diganti dan diberi pelindung antitikus.",),
        ),
    ),
    answers=(
        "Terima kasih sudah memberi tahu. Tim lapangan kami berangkatkan secepatnya.",
        "Mohon jangan menyentuh kabel atau tiangnya. Tim kami menuju lokasi, boleh dikirimkan fotonya?",
        "Laporan kami teruskan ke tim OSP cabang. Kami kabari jadwal perbaikan dalam beberapa jam.",
    ),
    progress=("Tim sudah di lokasi dan mengamankan tempatnya lebih dulu.", "Bahan sudah lengkap, perkiraan selesai sore ini.",
              "Menunggu izin RT, setelah itu langsung kami kerjakan."),
    notes=(
        "Butuh drop core 100 m dan dua orang.", "Koordinasi dengan pemilik tiang.", "Minta surat pengantar RT.",
        "Ajukan bahan ke gudang.",
    ),
    waits=(
        "Menunggu izin RT/RW untuk pengerjaan.", "Menunggu pelanggan membuka pagar.",
        "Menunggu tukang bangunan di lokasi selesai.",
    ),
    reopens=("Kabelnya jatuh lagi ke jalan.", "Rusak lagi setelah hujan tadi.", "Pekerjaannya belum selesai, masih berantakan."),
)

WIFI = Topic(
    field=True,
    cases=(
        Case(
            ("Lupa kata sandi WiFi", "Minta ganti kata sandi WiFi", "Banyak perangkat asing di WiFi saya"),
            (
                "Saya lupa kata sandi WiFi setelah ganti HP. Mohon dibantu mengatur ulang.",
                "Sepertinya ada orang lain yang memakai WiFi saya, banyak perangkat tidak dikenal. Minta kata sandi diganti.",
            ),
            (
                "Kata sandi dan nama WiFi diganti setelah verifikasi, perangkat asing dikeluarkan.",
                "Kata sandi diatur ulang di tempat, semua HP sudah masuk.",
            ),
        ),
        Case(
            ("Modem mati, tidak mau menyala", "Lampu modem mati semua", "Adaptor modem rusak"),
            ("Modem tidak menyala sama sekali {since}. Sudah dicoba di stopkontak lain tetap mati.",),
            ("Adaptor diganti, modem menyala normal.", "Modem mati total, diganti baru."),
        ),
        Case(
            ("Sinyal WiFi tidak sampai kamar", "Ingin tambah penguat sinyal"),
            ("Sinyal WiFi hanya kuat di ruang tamu. Di kamar belakang tinggal satu garis dan sering hilang.",
             "Rumah kami dua lantai, WiFi tidak sampai atas. Apakah bisa ditambah penguat sinyal?"),
            (
                "Penguat sinyal dipasang, seluruh rumah terjangkau.",
                "Modem dipindah dan kanal diatur, kamar belakang sudah tiga garis.",
            ),
        ),
        Case(
            ("Modem panas dan sering mati",),
            ("Modem cepat panas lalu mati sendiri. Usianya sudah lebih dari tiga tahun.",),
            ("Modem diganti dengan yang baru, semua perangkat tersambung.",),
        ),
        Case(
            ("Nama WiFi hilang", "HP tidak bisa masuk WiFi"),
            ("Nama WiFi tiba-tiba hilang dari daftar {since}, padahal lampu modem menyala semua.",
             "Laptop bisa tersambung tetapi HP tidak bisa, katanya autentikasi gagal. Kata sandinya sudah benar."),
            (
                "WiFi disetel ulang dengan keamanan WPA2, semua perangkat bisa masuk.",
                "Pemancar WiFi di modem rusak, modem diganti.",
            ),
        ),
    ),
    answers=(
        "Terima kasih laporannya. Kami coba dulu dari pusat; bila belum berhasil, teknisi datang membawa pengganti.",
        "Baik, kami jadwalkan kunjungan. Mohon sebutkan jam yang cocok.",
        "Untuk keamanan kami cocokkan dulu data Anda, lalu kami kerjakan hari ini.",
    ),
    progress=(
        "Saya bawa perangkat pengganti, sampai sekitar jam 14.", "Sudah saya setel dari jauh, mohon dicoba.",
        "Sedang saya kerjakan di lokasi.",
    ),
    notes=(
        "ONT generasi lama, ganti dengan dual band.", "Tawarkan sewa penguat Rp35.000 bila perlu.",
        "Pengganti ambil di gudang cabang.",
    ),
    waits=(
        "Menunggu verifikasi data pelanggan.", "Menunggu pelanggan mencoba lagi di rumah.",
        "Menunggu stok ONT baru di cabang, pelanggan setuju.",
    ),
    reopens=("Masalahnya kembali lagi.", "Hanya bertahan sehari.", "Belum berhasil di HP saya."),
)
