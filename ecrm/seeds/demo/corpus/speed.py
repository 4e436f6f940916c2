"""What people say when the connection is slow, or a game or a single site does not work."""

from ecrm.seeds.demo.corpus.topic import Case, Topic

LAMBAT = Topic(
    field=True,
    cases=(
        Case(
            (
                "Internet lambat sekali {since}", "Kecepatan tidak sesuai paket", "Hasil speedtest cuma {mbps} Mbps",
                "Bayar {plan} tapi lambat",
            ),
            (
                (
                    "Paket saya {plan}, tetapi {since} hasil speedtest hanya {mbps} Mbps. Sudah dites pakai kabel LAN, "
                    "hasilnya sama."
                ),
                "{Since} membuka halaman web biasa pun lama. Perangkat yang tersambung hanya tiga HP dan satu laptop.",
                "Karyawan kami mengeluh internet lambat {since}. Kami 12 orang dengan paket {plan}, minggu lalu masih lancar.",
            ),
            (
                "Profil kecepatan diperbarui sesuai paket, speedtest dengan kabel sudah penuh.",
                "Kabel LAN pelanggan hanya 100 Mbps, diganti Cat6. Speedtest sesuai paket.",
                "Router tambahan pelanggan disetel sebagai access point, kecepatan kembali penuh.",
            ),
        ),
        Case(
            ("Lemot tiap malam", "Buffering terus nonton film", "Rapat video patah-patah"),
            (
                "Setiap malam mulai jam 7 internet lambat sekali, video 480p saja berhenti terus. Pagi hari normal.",
                "Begitu dipakai rapat video di malam hari gambarnya patah-patah dan suaranya tertinggal.",
            ),
            (
                "Uplink area ditambah, kecepatan jam sibuk sudah normal.",
                "Pelanggan dipindah ke jalur yang lebih lengang, malam hari sudah lancar.",
            ),
        ),
        Case(
            ("Upload sangat lambat", "Unggah berkas tidak selesai-selesai"),
            ("Kecepatan unduh masih lumayan tetapi unggahnya cuma 1 Mbps. Mengirim berkas pekerjaan jadi lama sekali.",),
            ("Konektor optik dibersihkan, unggah kembali sesuai paket.", "Profil unggah di pusat dibetulkan dan diuji."),
        ),
        Case(
            ("Internet lelet di lantai dua", "WiFi kencang hanya dekat modem"),
            ("Di kamar lantai dua sinyal WiFi penuh tetapi lambat sekali, hanya dekat modem yang kencang.",),
            (
                "Modem dipindah ke tengah rumah dan diberi penguat sinyal.",
                "WiFi dipindah ke kanal 5 GHz yang kosong, lantai dua sudah lancar.",
            ),
        ),
        Case(
            ("Kecepatan turun setelah pindah paket", "Sudah naik paket, malah lambat"),
            ("Bulan lalu saya naik ke paket {plan}, tetapi yang saya terima malah terasa lebih lambat dari sebelumnya.",),
            ("Perubahan paket belum terkirim ke perangkat, sudah disinkronkan. Speedtest penuh.",),
        ),
    ),
    answers=(
        "Terima kasih. Mohon kirim hasil speedtest dengan kabel LAN pada jam yang lambat, sambil kami cek beban di {area}.",
        "Mohon maaf atas ketidaknyamanannya. Kami cek profil kecepatan Anda di pusat dan menugaskan teknisi.",
        "Kami jadwalkan teknisi untuk mengukur langsung dengan alat kami, supaya jelas dari jaringan atau dari WiFi.",
    ),
    progress=(
        "Besok jam 10 saya datang untuk mengukur, mohon siapkan laptop dengan kabel LAN ya.",
        "Hasil ukur di modem penuh sesuai paket, saya lanjut memeriksa sisi WiFi.",
        "Permintaan ke pusat sudah saya kirim, tunggu sekitar 15 menit lalu mohon modem dinyalakan ulang.",
    ),
    notes=(
        "Cek profil di BRAS, sepertinya masih paket lama.", "Uplink OLT 92% jam 20-22, sudah masuk rencana penambahan.",
        "Pelanggan pakai banyak perangkat, sarankan naik paket.", "Ada router tambahan, kemungkinan dobel NAT.",
        "Kanal 2,4 GHz penuh.",
    ),
    waits=(
        "Menunggu hasil speedtest dengan kabel dari pelanggan.", "Menunggu pelanggan mencoba tanpa router tambahan.",
        "Menunggu jadwal kunjungan yang cocok untuk pelanggan.",
    ),
    reopens=(
        "Malam ini lambat lagi, cuma {mbps} Mbps.", "Sempat kencang, sekarang kembali lambat.",
        "Belum ada perubahan sama sekali.",
    ),
)

SITUS = Topic(
    field=False,
    cases=(
        Case(
            ("Game online lag terus", "Ping game tinggi tiap malam"),
            ("Main game ping 180 ms {since}, biasanya 25 ms. Speedtest normal dan sudah pakai kabel LAN.",),
            (
                "Rute ke server game dialihkan oleh NOC, ping kembali 22 ms.",
                "Server game pindah lokasi, rute terdekat sudah dipasang. Ping 35 ms.",
            ),
        ),
        Case(
            ("Tidak bisa buka situs kampus", "Situs pemerintah tidak bisa diakses", "Aplikasi bank tidak bisa dibuka"),
            (
                "Situs kampus untuk isi KRS tidak bisa dibuka dari WiFi rumah, tapi bisa dari data seluler.",
                "Situs layanan pemerintah tidak mau terbuka {since}, padahal situs lain lancar.",
                "Aplikasi bank bilang jaringan tidak aman bila memakai WiFi. Mohon dicek DNS-nya.",
            ),
            (
                "DNS diperbarui, situs bisa dibuka.",
                "Gangguan ada di server tujuan, sudah pulih dan dipastikan bersama pelanggan.",
            ),
        ),
        Case(
            ("Streaming buffering padahal speedtest bagus",),
            ("Film di layanan streaming selalu turun ke 480p padahal speedtest sesuai paket {plan}.",),
            ("Jalur ke penyedia streaming dipindah ke server lokal, sudah HD.",),
        ),
        Case(
            ("VPN kantor tidak tersambung", "Email kantor tidak terkirim"),
            ("VPN dan email kantor tidak mau tersambung {since}. Dari jaringan lain lancar.",),
            ("MTU disetel 1492, VPN dan email tersambung.", "Alamat IP yang terblokir diganti, email terkirim lagi."),
        ),
        Case(
            ("Kamera CCTV tidak bisa dilihat dari luar",),
            ("CCTV toko tidak bisa dilihat dari HP di luar. Sebelumnya bisa, sepertinya IP-nya berubah.",),
            ("Port diteruskan di ONT dan IP tetap diaktifkan, CCTV bisa dilihat dari luar.",),
        ),
    ),
    answers=(
        "Terima kasih. Mohon kirim tangkapan layar pesan kesalahannya supaya bisa kami teruskan ke tim jaringan.",
        "Kami cek rute ke tujuan itu memang bermasalah. Tim jaringan sedang menanganinya.",
        "Kami sedang memeriksa dari pusat. Mohon sementara coba dengan kabel LAN bila ada.",
    ),
    progress=(
        "Sudah ada perubahan dari tim jaringan, mohon dicoba.", "Pengaturan di modem sudah kami sesuaikan, silakan dicoba.",
    ),
    notes=("Teruskan ke NOC.", "DNS lama masih tersimpan di ONT.", "Mungkin butuh IP publik, tawarkan tambahan IP tetap."),
    waits=("Menunggu hasil traceroute dari pelanggan.", "Menunggu tangkapan layar pesan kesalahan."),
    reopens=("Kambuh lagi malam ini.", "Kembali tidak bisa dibuka.", "Hanya berhasil satu jam."),
)
