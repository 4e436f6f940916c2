"""What people say when the connection is gone, drops or is slow."""

from ecrm.seeds.demo.corpus.topic import Topic

MATI = Topic(
    field=True,
    subjects=(
        "Internet mati total {since}", "Lampu LOS merah, tidak ada internet", "Tidak bisa konek sama sekali",
        "WiFi nyala tapi tidak ada internet",
        "Internet mati setelah hujan deras", "Mati total di {area}", "Internet padam setelah listrik mati",
        "Lampu PON berkedip terus, internet mati",
        "Satu gang mati semua", "Internet kantor mati, mohon segera", "LOS merah lagi", "Internet hilang {since}",
    ),
    details=(
        "Internet di rumah saya mati total {since}. Lampu LOS di modem menyala merah, sudah saya cabut dan nyalakan lagi tetap sama.",
        "{Since} internet tidak bisa dipakai. HP tersambung ke WiFi tapi muncul tulisan tidak ada internet. Modem sudah saya restart tiga kali.",
        "Setelah hujan deras dan petir semalam, modem menyala tetapi internet mati. Lampu PON berkedip dan LOS merah.",
        "Tadi listrik padam sekitar satu jam, begitu menyala lagi internet tidak kembali. Semua lampu modem hidup kecuali lampu internet.",
        "Internet mati {since}, tetangga sebelah yang juga berlangganan mengalami hal yang sama. Sepertinya gangguan di {area}.",
        "Kami pakai paket {plan} untuk kasir dan kamera toko. {Since} mati total, transaksi kami terhenti. Mohon diprioritaskan.",
        "Ada galian di depan rumah dan {since} internet langsung putus. Kemungkinan kabelnya ikut terpotong.",
        "Anak saya harus ujian online besok pagi tetapi internet mati {since}. Lampu LOS merah terus walau sudah dimatikan 10 menit.",
        "Modem hidup, WiFi terlihat, tetapi semua perangkat tidak bisa membuka apa pun. Sudah coba kabel LAN langsung ke laptop, sama saja.",
        "Ini sudah kedua kalinya bulan ini internet mati total. Kali ini {since} dan belum ada tanda-tanda menyala.",
    ),
    answers=(
        "Terima kasih sudah melapor. Dari sistem kami terlihat sinyal optik ke modem Anda hilang, jadi teknisi kami jadwalkan ke lokasi.",
        "Mohon maaf atas gangguannya. Kami sudah meneruskan ke tim teknisi cabang dan mereka akan menghubungi Anda sebelum datang.",
        "Kami cek dari pusat, ada gangguan pada jalur di {area}. Tim sedang menuju lokasi, kami kabari lagi begitu ada perkembangan.",
        "Baik, laporan kami terima. Mohon modem tetap menyala supaya teknisi bisa mengukur sinyal dari ODP.",
        "Kami paham ini mengganggu sekali. Teknisi terdekat kami tugaskan sekarang, mohon pastikan ada orang di rumah.",
    ),
    progress=(
        "Selamat siang, saya teknisi yang bertugas. Saya dalam perjalanan ke lokasi, kira-kira 30 menit lagi.",
        "Saya sudah di lokasi. Sinyal dari ODP bagus, sekarang saya telusuri kabel ke rumah.",
        "Kabel drop core putus di tiang ketiga, sedang saya sambung ulang.",
        "Ada satu kabel distribusi yang putus, kami menunggu tim penyambung. Mohon bersabar.",
    ),
    notes=(
        "Redaman di ODP -17, di rumah hilang. Curiga drop core.", "ODP penuh air, minta tim OSP ikut cek.",
        "Pelanggan bisnis, dahulukan.",
        "Port ODP 6 rusak, pindah ke port 7.", "Tiga laporan dari ODP yang sama, kemungkinan putus di kabel distribusi.",
        "ONT lama, siapkan pengganti.",
    ),
    waits=(
        "Rumah kosong saat teknisi datang, menunggu pelanggan menentukan jam kunjungan.",
        "Nomor telepon tidak diangkat tiga kali, menunggu kabar pelanggan.",
        "Menunggu izin pengelola perumahan untuk naik ke tiang.", "Pelanggan minta dikunjungi akhir pekan.",
    ),
    resolutions=(
        "Kabel drop core putus, disambung ulang. Redaman di rumah -19 dBm, internet normal.",
        "Konektor di ODP kotor dan longgar, sudah dibersihkan dan dipasang ulang.",
        "ONT mati karena petir, diganti baru dan disetel ulang.",
        "Adaptor modem rusak, diganti. Internet sudah diuji bersama pelanggan.",
        "Kabel distribusi terkena galian, disambung oleh tim OSP. Satu area sudah pulih.",
        "Port ODP rusak, dipindah ke port lain. Sinyal stabil.",
        "Akun terblokir karena salah sinkron tagihan, sudah dibuka dari pusat.",
    ),
    reopens=(
        "Mati lagi sejak tadi, lampu LOS kembali merah.", "Hanya bertahan sehari, sekarang mati lagi.",
        "Internet menyala sebentar lalu mati total lagi.",
    ),
)

PUTUS = Topic(
    field=True,
    subjects=(
        "Internet putus-putus {since}", "Koneksi sering hilang tiap malam", "Rapat online terputus terus",
        "WiFi sering terputus sendiri", "Internet on off on off",
        "Koneksi tidak stabil di {area}", "Putus tiap beberapa menit", "Internet putus kalau hujan",
        "Ping naik turun, sering RTO", "Modem restart sendiri",
    ),
    details=(
        "{Since} koneksi putus setiap lima sampai sepuluh menit, lalu menyala sendiri. Sangat mengganggu pekerjaan dari rumah.",
        "Setiap malam antara jam 7 sampai 11 internet sering hilang sebentar-sebentar. Siang hari normal.",
        "Saat rapat online suara selalu terputus. Saya tes ping ke 8.8.8.8 banyak request timed out, {since} begini terus.",
        "Setiap hujan, walaupun gerimis, internet langsung putus-putus. Setelah kering baru normal kembali.",
        "Modem sering restart sendiri, dalam sehari bisa enam kali. Adaptornya terasa panas sekali.",
        "Lampu PON kadang berkedip lalu internet hilang sekitar satu menit. Kejadiannya sudah beberapa hari, makin sering {since}.",
        "Saya pakai paket {plan} untuk siaran langsung jualan. Koneksi putus di tengah siaran, pembeli saya kabur semua.",
        "Kabel di luar rumah terlihat kendur dan bergoyang kalau ada angin. Mungkin itu sebabnya internet sering putus.",
    ),
    answers=(
        "Terima kasih laporannya. Riwayat modem Anda memang menunjukkan banyak putus sambung, kami kirim teknisi untuk memeriksa kabel.",
        "Mohon maaf atas ketidaknyamanannya. Sementara menunggu teknisi, mohon jangan memindahkan modem supaya catatannya tetap utuh.",
        "Redaman ke rumah Anda terlalu tinggi. Kami jadwalkan perapian kabel, teknisi akan menelepon lebih dulu.",
        "Kami pantau sambungan Anda 24 jam dari pusat dan sekaligus menugaskan teknisi.",
    ),
    progress=(
        "Saya akan datang hari ini antara jam 13 sampai 15. Mohon dikabari bila tidak ada orang di rumah.",
        "Sudah saya ukur, redaman -27 dBm, terlalu lemah. Saya ganti konektornya.",
        "Kabel sudah saya kencangkan, sekarang kita pantau semalam dulu ya, Pak/Bu.",
    ),
    notes=(
        "Redaman naik kalau hujan, curiga sambungan di joint box.", "Log ONT: 14 kali LOS dalam 24 jam.",
        "Tekukan kabel di plafon, minta pelanggan buka akses.",
        "Adaptor 12V drop ke 9V.", "Splitter di ODP perlu diganti, sudah diajukan ke gudang.",
    ),
    waits=(
        "Menunggu pelanggan membuka akses ke plafon.", "Menunggu hasil pantauan pelanggan dua malam.",
        "Pelanggan sedang di luar kota sampai lusa.",
    ),
    resolutions=(
        "Konektor di sisi rumah diganti, redaman turun dari -27 menjadi -20 dBm.",
        "Kabel kendur dikencangkan dan sambungan di joint box dirapikan.",
        "Adaptor modem diganti, modem tidak restart lagi selama uji dua jam.",
        "Splitter ODP diganti, koneksi stabil setelah dipantau semalam.",
        "Tekukan kabel di plafon diluruskan dan diberi pelindung.",
        "Firmware ONT diperbarui dari pusat, putus sambung tidak terlihat lagi.",
    ),
    reopens=(
        "Semalam putus-putus lagi, sama seperti sebelumnya.", "Waktu hujan tadi koneksi hilang lagi.",
        "Sudah dua hari baik, hari ini kambuh.",
    ),
)

LAMBAT = Topic(
    field=True,
    subjects=(
        "Internet lambat sekali {since}", "Kecepatan tidak sesuai paket", "Hasil speedtest cuma {mbps} Mbps", "Lemot tiap malam",
        "Buffering terus nonton film",
        "Upload sangat lambat", "Internet lelet di lantai dua", "Kecepatan turun setelah pindah paket",
        "Bayar {plan} tapi lambat", "Rapat video patah-patah",
    ),
    details=(
        "Paket saya {plan}, tetapi {since} hasil speedtest hanya {mbps} Mbps. Sudah dites pakai kabel LAN, hasilnya sama.",
        "Setiap malam mulai jam 7 internet lambat sekali, video 480p saja berhenti terus. Pagi hari normal.",
        "Kecepatan unduh masih lumayan tetapi unggahnya cuma 1 Mbps. Mengirim berkas pekerjaan jadi lama sekali.",
        "{Since} membuka halaman web biasa pun lama. Perangkat yang tersambung hanya tiga HP dan satu laptop.",
        "Bulan lalu saya naik ke paket {plan}, tetapi kecepatan yang saya terima malah terasa lebih lambat dari sebelumnya.",
        "Speedtest ke server lokal bagus, tapi begitu dipakai rapat video gambarnya patah-patah dan suaranya tertinggal.",
        "Di kamar lantai dua sinyal WiFi penuh tetapi lambat sekali, hanya dekat modem yang kencang.",
        "Karyawan kami mengeluh internet lambat {since}. Kami 12 orang dengan paket {plan}, minggu lalu masih lancar.",
    ),
    answers=(
        "Terima kasih. Mohon kirim hasil speedtest dengan kabel LAN pada jam yang lambat, sambil kami cek beban di area {area}.",
        "Kami cek profil kecepatan di pusat, ternyata belum mengikuti paket Anda. Sudah kami betulkan, mohon dicoba lagi.",
        "Mohon maaf. Kapasitas di {area} memang sedang padat di malam hari; penambahan jalur sedang dikerjakan.",
        "Kami jadwalkan teknisi untuk mengukur langsung di lokasi dengan alat kami, supaya jelas dari jaringan atau dari WiFi.",
    ),
    progress=(
        "Dari ONT dengan kabel terukur penuh sesuai paket, jadi hambatannya di WiFi. Saya atur ulang kanalnya.",
        "Besok jam 10 saya datang untuk mengukur, mohon siapkan laptop dengan kabel LAN ya.",
        "Profil kecepatan sudah saya minta diperbarui ke pusat, tunggu sekitar 15 menit lalu restart modem.",
    ),
    notes=(
        "Profil di BRAS masih paket lama.", "Uplink OLT 92% jam 20-22, sudah masuk rencana penambahan.",
        "Pelanggan pakai 40 perangkat di paket rumah, sarankan naik paket.",
        "Router tambahan milik pelanggan dobel NAT.", "Kanal 2,4 GHz penuh, pindah ke 5 GHz.",
    ),
    waits=(
        "Menunggu hasil speedtest dengan kabel dari pelanggan.", "Menunggu pelanggan mencoba tanpa router tambahan.",
        "Menunggu jadwal kunjungan yang cocok untuk pelanggan.",
    ),
    resolutions=(
        "Profil kecepatan diperbarui sesuai paket, speedtest dengan kabel sudah penuh.",
        "WiFi dipindah ke kanal 5 GHz yang kosong, kecepatan naik sesuai paket.",
        "Uplink area ditambah, kecepatan jam sibuk sudah normal.",
        "Router tambahan pelanggan disetel sebagai access point, dobel NAT hilang.",
        "Kabel LAN pelanggan hanya 100 Mbps, diganti Cat6.", "Modem dipindah ke tengah rumah dan diberi penguat sinyal.",
    ),
    reopens=(
        "Malam ini lambat lagi, cuma {mbps} Mbps.", "Setelah dicek teknisi sempat kencang, sekarang kembali lambat.",
        "Belum ada perubahan sama sekali.",
    ),
)
