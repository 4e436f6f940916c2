"""What people say about bills, plans, moving house, the staff, and everything else."""

from ecrm.seeds.demo.corpus.topic import Topic

TAGIHAN = Topic(
    field=False,
    subjects=(
        "Tagihan dobel bulan ini", "Sudah bayar tapi masih diblokir", "Tagihan naik tanpa pemberitahuan", "Minta faktur pajak",
        "Potongan promo belum masuk", "Salah nominal tagihan",
        "Belum menerima tagihan", "Bayar lewat virtual account gagal", "Ditagih padahal sudah berhenti",
        "Denda keterlambatan tidak sesuai", "Minta kuitansi pembayaran",
    ),
    details=(
        "Bulan ini saya menerima dua tagihan untuk nomor pelanggan yang sama. Mohon salah satunya dibatalkan.",
        "Saya sudah membayar lewat virtual account {since}, tetapi internet masih diblokir dan muncul halaman tunggakan.",
        "Tagihan bulan ini lebih besar dari biasanya padahal paket saya tetap {plan}. Mohon penjelasan rinciannya.",
        "Promo potongan tiga bulan pertama belum terlihat di tagihan saya.",
        "Kami perusahaan dan memerlukan faktur pajak untuk tagihan tiga bulan terakhir. Mohon dikirim ke surel kami.",
        "Internet saya mati empat hari bulan lalu. Apakah ada potongan tagihan sebagai ganti rugi?",
        "Pembayaran lewat minimarket ditolak dengan alasan nomor tidak ditemukan. Padahal jatuh tempo besok.",
        "Saya ditagih denda keterlambatan, padahal membayar sebelum tanggal 20. Bukti bayar masih saya simpan.",
    ),
    answers=(
        "Terima kasih, pembayaran Anda sudah kami temukan. Blokir kami buka sekarang, mohon restart modem dalam 10 menit.",
        "Mohon kirim foto bukti bayar supaya bagian keuangan bisa mencocokkan.",
        "Betul, ada tagihan ganda karena pergantian sistem. Yang satu sudah kami ajukan untuk dibatalkan.",
        "Rincian tagihan kami kirim ke surel Anda. Kenaikannya karena masa promo berakhir bulan lalu.",
    ),
    progress=(
        "Bagian keuangan sedang mencocokkan mutasi bank, paling lambat besok siang.",
        "Faktur sedang dibuat, kami kirim begitu selesai.",
    ),
    notes=(
        "Pembayaran masuk ke nomor VA lama.", "Ajukan nota kredit ke keuangan.",
        "Masa promo habis, pelanggan tidak diberi tahu. Pertimbangkan kompensasi.", "Cek NPWP sebelum terbit faktur.",
    ),
    waits=(
        "Menunggu foto bukti bayar dari pelanggan.", "Menunggu NPWP perusahaan.",
        "Menunggu persetujuan pelanggan atas rincian tagihan.",
    ),
    resolutions=(
        "Tagihan ganda dibatalkan, pelanggan menerima tagihan yang benar.",
        "Pembayaran dicocokkan, blokir dibuka, internet aktif.", "Faktur pajak tiga bulan dikirim ke surel pelanggan.",
        "Potongan promo dimasukkan pada tagihan bulan berjalan.", "Denda dihapus setelah bukti bayar dicek.",
        "Rincian tagihan dijelaskan, pelanggan menerima.",
        "Kompensasi empat hari dimasukkan sebagai potongan.",
    ),
    reopens=(
        "Masih ditagih dobel di aplikasi.", "Internet diblokir lagi padahal sudah lunas.", "Fakturnya salah nama perusahaan.",
    ),
)

PAKET = Topic(
    field=False,
    subjects=(
        "Ingin naik paket", "Turun paket mulai bulan depan", "Pindah rumah, internet ikut pindah", "Pindah alamat ke {area}",
        "Ubah paket ke Bisnis", "Minta berhenti sementara",
        "Kapan paket baru aktif?", "Balik nama pelanggan", "Pindah titik modem ke kamar",
    ),
    details=(
        "Saya ingin naik dari paket {plan} ke paket di atasnya. Apakah ada biaya tambahan dan kapan aktifnya?",
        "Mulai bulan depan saya ingin turun paket karena anak-anak sudah kembali ke pondok.",
        "Bulan depan kami pindah rumah, masih di kota yang sama. Apakah sambungan bisa ikut dipindah dan berapa biayanya?",
        "Mohon titik modem dipindah dari ruang tamu ke ruang kerja di lantai dua.",
        "Kami renovasi rumah dua bulan, bisakah langganan dihentikan sementara?",
        "Pengajuan naik paket sudah seminggu tetapi kecepatannya masih yang lama.",
        "Rumah sudah dijual, mohon langganan dibalik nama ke pemilik baru.",
    ),
    answers=(
        "Bisa, tanpa biaya tambahan. Perubahan berlaku mulai tagihan berikutnya, atau hari ini dengan hitungan prorata.",
        "Mohon kirim alamat baru lengkap dan titik lokasinya, supaya kami cek jangkauannya lebih dulu.",
        "Alamat baru terjangkau. Biaya pindah Rp150.000, kapan Bapak/Ibu ingin dijadwalkan?",
        "Berhenti sementara bisa paling lama tiga bulan. Kami proses mulai tanggal tagihan berikutnya.",
    ),
    progress=("Permintaan sudah diproses, paket baru aktif dalam satu jam.", "Survei alamat baru dijadwalkan besok pagi."),
    notes=(
        "Cek sisa kontrak sebelum turun paket.", "Alamat baru di luar ODP terdekat 180 m, perlu tiang tambahan.",
        "Tawarkan promo naik kelas.",
    ),
    waits=(
        "Menunggu alamat baru lengkap dari pelanggan.", "Menunggu persetujuan biaya pindah.",
        "Menunggu tanda tangan formulir perubahan paket.",
    ),
    resolutions=(
        "Paket diubah, speedtest sesuai paket baru.", "Sambungan dipindah ke alamat baru dan diuji.",
        "Titik modem dipindah, kabel dirapikan.", "Langganan dihentikan sementara dua bulan.",
        "Balik nama selesai, data pelanggan diperbarui.", "Perubahan paket dijadwalkan awal bulan, pelanggan setuju.",
    ),
    reopens=("Kecepatannya masih paket lama.", "Tagihan belum mengikuti paket baru.", "Belum ada yang datang memindah modem."),
)

LAYANAN = Topic(
    field=False,
    subjects=(
        "Teknisi tidak datang sesuai janji", "Telepon layanan sulit dihubungi", "Petugas kurang ramah",
        "Bekas pengeboran tidak dirapikan", "Sudah seminggu tidak ada kabar",
        "Diminta biaya tambahan oleh petugas", "Jadwal kunjungan berubah terus", "Apresiasi untuk teknisi",
    ),
    details=(
        "Dijanjikan teknisi datang jam 10, saya sudah izin dari kantor, sampai sore tidak ada yang datang dan tidak ada kabar.",
        "Saya menelepon layanan pelanggan lima kali {since}, selalu nada sibuk.",
        "Setelah pemasangan, bekas bor di dinding tidak ditutup dan debunya ditinggal begitu saja.",
        "Petugas yang datang meminta uang rokok. Apakah memang ada biaya kunjungan?",
        "Keluhan saya sebelumnya ditutup padahal belum beres, tidak ada yang menghubungi saya.",
        "Jadwal kunjungan sudah tiga kali diubah sepihak. Mohon kepastian.",
        "Mau menyampaikan terima kasih, teknisi yang datang kemarin sangat sabar menjelaskan. Mohon diteruskan.",
    ),
    answers=(
        "Kami mohon maaf sebesar-besarnya. Laporan ini kami teruskan ke kepala cabang dan Anda akan dihubungi hari ini.",
        "Tidak ada biaya kunjungan apa pun. Terima kasih sudah memberi tahu, kami tindak lanjuti dengan serius.",
        "Kami jadwalkan ulang dengan jam yang pasti, dan nomor telepon teknisinya kami kirimkan.",
    ),
    progress=(
        "Kepala cabang sudah berbicara dengan petugas yang bersangkutan.", "Teknisi akan datang kembali merapikan besok jam 9.",
    ),
    notes=(
        "Teruskan ke kepala cabang, jangan dibalas template.", "Cek jadwal teknisi tanggal itu, sepertinya salah alamat.",
        "Beri kompensasi tambahan bandwidth 7 hari.",
    ),
    waits=("Menunggu nama petugas dari pelanggan.", "Menunggu waktu yang cocok untuk ditelepon kepala cabang."),
    resolutions=(
        "Kepala cabang meminta maaf langsung, kunjungan ulang selesai.", "Dinding dirapikan dan dicat ulang.",
        "Petugas ditegur, pelanggan menerima penjelasan.",
        "Terima kasih diteruskan ke teknisi, pelanggan senang.",
        "Pelanggan diberi kompensasi bandwidth dan permintaan maaf tertulis.",
    ),
    reopens=(
        "Sampai sekarang belum ada yang menelepon saya.", "Janji merapikan belum dilaksanakan.", "Kejadiannya terulang lagi.",
    ),
)

LAIN = Topic(
    field=False,
    subjects=(
        "Tanya promo untuk pelanggan lama", "Ubah nomor telepon dan surel", "Minta surat keterangan berlangganan",
        "Jam layanan kantor cabang", "Titip saran untuk aplikasi",
        "Kapan {area} dapat jaringan baru?", "Minta kontrak dikirim ulang", "Ingin IP statis",
    ),
    details=(
        "Apakah ada promo untuk pelanggan yang sudah lama? Tetangga saya yang baru malah dapat harga lebih murah.",
        "Nomor telepon saya berganti, mohon data pelanggan diperbarui supaya pemberitahuan sampai.",
        "Kantor meminta surat keterangan berlangganan internet untuk penggantian biaya. Mohon dibuatkan.",
        "Saya ingin memasang IP statis untuk server kecil di rumah. Berapa biayanya?",
        "Saran saja, akan bagus kalau jadwal kunjungan teknisi bisa dilihat di portal.",
        "Mohon salinan kontrak berlangganan dikirim ke surel, yang asli terselip saat pindahan.",
    ),
    answers=("Terima kasih sudah menghubungi kami, permintaannya kami proses hari ini.", "Terima kasih atas sarannya, sudah kami teruskan ke tim.",
             "Bisa. Rincian dan biayanya kami kirim ke surel Anda."),
    progress=("Suratnya sudah ditandatangani, kami kirim sore ini.", "Permintaan diteruskan ke bagian terkait."),
    notes=("Pelanggan lebih dari tiga tahun, tawarkan tambahan bandwidth loyalitas.", "Verifikasi NIK sebelum ubah data."),
    waits=("Menunggu foto KTP untuk verifikasi.", "Menunggu data lengkap dari pelanggan."),
    resolutions=("Data pelanggan diperbarui setelah verifikasi.", "Surat keterangan dikirim lewat surel.", "Informasi sudah dijelaskan, pelanggan puas.",
                 "IP statis diaktifkan.", "Saran dicatat untuk pengembangan."),
    reopens=("Suratnya belum saya terima.", "Nomor telepon di portal masih yang lama."),
)
