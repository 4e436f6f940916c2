"""What people say when the connection is gone or drops."""

from ecrm.seeds.demo.corpus.topic import Case, Topic

MATI = Topic(
    field=True,
    cases=(
        Case(
            (
                "Internet mati total {since}", "Lampu LOS merah, tidak ada internet", "LOS merah lagi",
                "Tidak bisa konek sama sekali",
            ),
            (
                (
                    "Internet di rumah saya mati total {since}. Lampu LOS di modem merah, sudah dicabut dan dinyalakan lagi "
                    "tetap sama."
                ),
                "{Since} internet tidak bisa dipakai. HP tersambung ke WiFi tapi muncul tulisan tidak ada internet.",
                (
                    "Anak saya ujian online besok pagi tetapi internet mati {since}. Lampu LOS merah walau modem sudah "
                    "didiamkan 10 menit."
                ),
                "Ini sudah kedua kalinya bulan ini internet mati total. Kali ini {since} dan belum ada tanda-tanda menyala.",
            ),
            (
                "Kabel drop core putus, disambung ulang. Redaman di rumah -19 dBm, internet normal.",
                "Konektor di ODP kotor dan longgar, sudah dibersihkan dan dipasang ulang.",
                "Port ODP rusak, dipindah ke port lain. Sinyal stabil.",
            ),
        ),
        Case(
            ("Internet mati setelah hujan deras", "Mati total setelah petir semalam", "Lampu PON berkedip terus, internet mati"),
            (
                "Setelah hujan deras dan petir, modem menyala tetapi internet mati. Lampu PON berkedip dan LOS merah.",
                "Semalam ada petir keras sekali, sesudah itu internet tidak bisa dipakai sama sekali.",
            ),
            (
                "ONT rusak karena petir, diganti baru dan disetel ulang.",
                "Kotak ODP kemasukan air, dikeringkan dan disegel ulang.",
                "Sambungan di joint box basah, dikeringkan dan disambung ulang. Redaman -20 dBm.",
            ),
        ),
        Case(
            ("Internet padam setelah listrik mati", "Listrik sudah nyala, internet belum"),
            (
                "Tadi listrik padam sekitar satu jam, begitu menyala lagi internet tidak kembali. Lampu internet di modem mati.",
                "Setelah pemadaman bergilir, modem hidup tetapi tidak ada internet {since}.",
            ),
            (
                "Adaptor modem rusak, diganti. Internet sudah diuji bersama pelanggan.",
                "ONT disetel ulang dari pusat dan diuji, internet normal.",
                "Catu daya perangkat di area pulih, sambungan pelanggan sudah naik.",
            ),
        ),
        Case(
            ("Satu gang mati semua", "Mati total di {area}", "Tetangga juga mati, gangguan massal?"),
            (
                "Internet mati {since}, tetangga sebelah yang juga berlangganan mengalami hal yang sama di {area}.",
                "Satu gang kami mati semua {since}. Ada galian di ujung jalan, mungkin kabelnya terpotong.",
            ),
            (
                "Kabel distribusi terkena galian, disambung oleh tim OSP. Satu area sudah pulih.",
                "Splitter di ODC rusak, diganti. Semua pelanggan di jalur itu sudah kembali normal.",
            ),
        ),
        Case(
            ("Internet kantor mati, mohon segera", "Kasir dan CCTV toko mati"),
            (
                "Kami pakai paket {plan} untuk kasir dan kamera toko, dan internet mati {since}. Transaksi kami terhenti.",
                "Internet kantor mati {since}, 15 karyawan tidak bisa bekerja. Mohon diprioritaskan.",
            ),
            (
                "Kabel drop di jalur ruko putus, disambung ulang dan diuji bersama pelanggan.",
                "Akun terblokir karena salah sinkron tagihan, sudah dibuka dari pusat.",
                "ONT bisnis diganti, IP tetap disetel ulang.",
            ),
        ),
    ),
    answers=(
        "Terima kasih sudah melapor. Dari pusat terlihat sinyal ke modem Anda hilang, jadi teknisi kami jadwalkan ke lokasi.",
        "Mohon maaf atas gangguannya. Teknisi cabang kami akan menghubungi Anda sebelum datang.",
        "Laporan kami terima. Mohon modem tetap menyala supaya teknisi bisa mengukur sinyalnya.",
        "Kami paham ini mengganggu sekali. Teknisi terdekat kami tugaskan sekarang, mohon pastikan ada orang di tempat.",
    ),
    progress=(
        "Selamat siang, saya teknisi yang bertugas. Saya dalam perjalanan, kira-kira 30 menit lagi.",
        "Saya sudah di lokasi dan sedang mengukur sinyal dari ODP.", "Penyebabnya sudah ketemu, sedang saya perbaiki.",
        "Kami menunggu satu alat dari gudang, setelah itu langsung dikerjakan. Mohon bersabar.",
    ),
    notes=(
        "Redaman di ODP -17, di rumah hilang.", "Pelanggan lama, dahulukan.", "Port ODP 6 lemah, siapkan port 7.",
        "Ada laporan lain dari ODP yang sama, cek kabel distribusinya.", "ONT lama, bawa pengganti.",
        "Minta tim OSP ikut cek jalur.",
    ),
    waits=(
        "Rumah kosong saat teknisi datang, menunggu pelanggan menentukan jam kunjungan.",
        "Nomor telepon tidak diangkat tiga kali, menunggu kabar pelanggan.",
        "Menunggu izin pengelola kawasan untuk naik ke tiang.",
        "Pelanggan minta dikunjungi pada akhir pekan.",
    ),
    reopens=(
        "Mati lagi sejak tadi, lampu LOS kembali merah.", "Hanya bertahan sehari, sekarang mati lagi.",
        "Internet menyala sebentar lalu mati total lagi.",
    ),
)

PUTUS = Topic(
    field=True,
    cases=(
        Case(
            (
                "Internet putus-putus {since}", "Internet on off on off", "Putus tiap beberapa menit",
                "Ping naik turun, sering RTO",
            ),
            (
                (
                    "{Since} koneksi putus setiap lima sampai sepuluh menit, lalu menyala sendiri. Sangat mengganggu kerja "
                    "dari rumah."
                ),
                "Lampu PON kadang berkedip lalu internet hilang sekitar satu menit. Makin sering {since}.",
                "Saya tes ping ke 8.8.8.8 banyak request timed out, {since} begini terus.",
            ),
            (
                "Konektor di sisi rumah diganti, redaman turun dari -27 menjadi -20 dBm.",
                "Tekukan kabel di plafon diluruskan dan diberi pelindung.",
                "Splitter ODP diganti, koneksi stabil setelah dipantau semalam.",
            ),
        ),
        Case(
            ("Koneksi sering hilang tiap malam", "Rapat online terputus terus", "Siaran langsung selalu putus"),
            (
                "Setiap malam antara jam 7 sampai 11 internet hilang sebentar-sebentar. Siang hari normal.",
                "Saat rapat online suara selalu terputus, {since} sudah lima kali keluar sendiri dari rapat.",
                "Saya pakai paket {plan} untuk siaran langsung jualan. Koneksi putus di tengah siaran, pembeli saya kabur semua.",
            ),
            (
                "Beban di OLT dibagi ke uplink kedua, putus sambung di jam sibuk hilang.",
                "Firmware ONT diperbarui dari pusat, putus sambung tidak terlihat lagi.",
                "Kanal WiFi dipindah, rapat satu jam diuji tanpa putus.",
            ),
        ),
        Case(
            ("Internet putus kalau hujan", "Kabel kendur, internet goyang", "Koneksi tidak stabil di {area}"),
            (
                "Setiap hujan, walaupun gerimis, internet putus-putus. Setelah kering baru normal kembali.",
                "Kabel di luar rumah kendur dan bergoyang kalau ada angin. Mungkin itu sebabnya internet sering putus.",
            ),
            (
                "Kabel kendur dikencangkan dan sambungan di joint box dirapikan.",
                "Joint box yang kemasukan air diganti, redaman stabil saat hujan.",
            ),
        ),
        Case(
            ("Modem restart sendiri", "Modem sering mati hidup"),
            (
                "Modem sering restart sendiri, dalam sehari bisa enam kali. Adaptornya terasa panas sekali.",
                "{Since} modem mati hidup sendiri, padahal listrik di rumah normal.",
            ),
            (
                "Adaptor modem diganti, modem tidak restart lagi selama uji dua jam.",
                "Modem diganti, sudah dipantau semalam tanpa restart.",
            ),
        ),
    ),
    answers=(
        (
            "Terima kasih laporannya. Riwayat modem Anda memang menunjukkan banyak putus sambung, teknisi kami kirim "
            "untuk memeriksa."
        ),
        "Mohon maaf. Sementara menunggu teknisi, mohon jangan memindahkan modem supaya catatannya tetap utuh.",
        "Redaman ke rumah Anda terlalu tinggi. Teknisi akan menelepon lebih dulu sebelum datang.",
        "Kami pantau sambungan Anda 24 jam dari pusat dan sekaligus menugaskan teknisi.",
    ),
    progress=(
        "Saya akan datang hari ini antara jam 13 sampai 15. Mohon dikabari bila tidak ada orang di rumah.",
        "Sudah saya ukur dan penyebabnya terlihat, sedang saya kerjakan.",
        "Sudah saya perbaiki, sekarang kita pantau dulu ya, Pak/Bu.",
    ),
    notes=(
        "Redaman naik turun, cek semua sambungan.", "Log ONT: 14 kali LOS dalam 24 jam.", "Minta pelanggan buka akses ke plafon.",
        "Adaptor 12V drop ke 9V, bawa pengganti.", "Tetangga satu ODP aman, jadi dari sisi rumah.",
    ),
    waits=(
        "Menunggu pelanggan membuka akses ke plafon.", "Menunggu hasil pantauan pelanggan dua malam.",
        "Pelanggan sedang di luar kota sampai lusa.",
    ),
    reopens=(
        "Semalam putus-putus lagi, sama seperti sebelumnya.", "Tadi koneksi hilang lagi.",
        "Sudah dua hari baik, hari ini kambuh.",
    ),
)
