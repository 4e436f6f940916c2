"""What people say about cables and poles, Wi-Fi and modems, games and single sites."""

from ecrm.seeds.demo.corpus.topic import Topic

KABEL = Topic(
    field=True,
    subjects=(
        "Kabel putus di depan rumah", "Tiang miring hampir roboh", "Kabel menjuntai ke jalan", "Kabel tertabrak truk",
        "Kabel fiber digigit tikus", "Kabel tersangkut pohon tumbang",
        "Kotak ODP terbuka", "Tiang di {area} keropos", "Kabel terbakar dekat gardu", "Mohon rapikan kabel",
    ),
    details=(
        "Kabel internet di depan rumah putus tersangkut truk {since} dan menjuntai ke jalan. Berbahaya untuk pengendara motor.",
        "Tiang di ujung gang miring setelah angin kencang. Takut roboh menimpa mobil warga.",
        "Ada pohon tumbang di {area}, kabel kami ikut tertarik sampai putus. Internet mati {since}.",
        "Kotak kecil di tiang (ODP) pintunya terbuka dan kabelnya berantakan, kalau hujan kemasukan air.",
        "Kabel di plafon digigit tikus sampai kelihatan bagian dalamnya. Internet mati.",
        "Petugas galian pipa memotong kabel fiber di depan toko kami. Tolong segera disambung, kami jualan online.",
        "Kabel drop dari tiang terlalu rendah, hampir kena kepala orang yang lewat. Mohon dinaikkan.",
    ),
    answers=(
        "Terima kasih sudah memberi tahu, ini menyangkut keselamatan. Tim lapangan kami berangkatkan hari ini juga.",
        "Mohon jangan menyentuh kabel yang menjuntai. Tim kami menuju lokasi, boleh dikirimkan fotonya?",
        "Laporan kami teruskan ke tim OSP cabang. Kami kabari jadwal perbaikan dalam beberapa jam.",
    ),
    progress=("Tim sudah di lokasi, kabel kami amankan dulu supaya jalan bisa dilewati.", "Kabel pengganti 80 meter sedang ditarik, perkiraan selesai sore ini.",
              "Menunggu izin RT untuk membuka portal, setelah itu tiang kami tegakkan."),
    notes=(
        "Butuh drop core 100 m dan dua orang.", "Koordinasi dengan PLN, tiang bersama.",
        "Minta surat pengantar RT untuk ganti tiang.", "ODP pecah, ajukan penggantian ke gudang.",
    ),
    waits=(
        "Menunggu izin RT/RW untuk pengerjaan tiang.", "Menunggu pelanggan membuka pagar.",
        "Menunggu pelanggan memastikan tukang bangunan selesai.",
    ),
    resolutions=(
        "Kabel drop diganti 75 meter, jalur dinaikkan, internet normal.", "Tiang ditegakkan dan dicor ulang, kabel dirapikan.",
        "Kabel disambung di joint box, redaman -18 dBm.",
        "ODP diganti dan dikunci, semua port diuji.", "Kabel di plafon diganti dan diberi pelindung antitikus.",
    ),
    reopens=("Kabelnya jatuh lagi ke jalan.", "Sambungannya putus lagi setelah hujan tadi.", "Tiangnya masih miring."),
)

WIFI = Topic(
    field=True,
    subjects=(
        "Lupa kata sandi WiFi", "Modem mati, tidak mau menyala", "Sinyal WiFi tidak sampai kamar", "Minta ganti kata sandi WiFi",
        "Modem panas dan sering mati", "Nama WiFi hilang",
        "Adaptor modem rusak", "HP tidak bisa masuk WiFi", "Ingin tambah penguat sinyal", "Lampu modem mati semua",
        "Banyak perangkat asing di WiFi saya",
    ),
    details=(
        "Saya lupa kata sandi WiFi setelah ganti HP. Mohon dibantu mengatur ulang.",
        "Modem tidak menyala sama sekali {since}. Sudah dicoba di stopkontak lain tetap mati.",
        "Sinyal WiFi hanya kuat di ruang tamu. Di kamar belakang tinggal satu garis dan sering hilang.",
        "Sepertinya ada orang lain yang memakai WiFi saya, perangkat yang tersambung banyak yang tidak dikenal. Minta kata sandi diganti.",
        "Modem cepat panas lalu mati sendiri. Usianya sudah lebih dari tiga tahun.",
        "Nama WiFi tiba-tiba hilang dari daftar {since}, padahal lampu modem menyala semua.",
        "Laptop bisa tersambung tetapi HP tidak bisa, katanya autentikasi gagal. Kata sandinya sudah benar.",
    ),
    answers=(
        "Kata sandi baru bisa kami atur dari pusat. Mohon sebutkan nomor pelanggan dan nama lengkap untuk verifikasi.",
        "Sepertinya adaptor modem yang bermasalah. Teknisi kami bawakan pengganti, ya.",
        "Untuk jangkauan, coba dulu modem dipindah ke tengah rumah. Bila belum cukup, kami pasang penguat sinyal.",
        "Kami sudah menyetel ulang WiFi dari pusat. Mohon dicoba masuk kembali dengan kata sandi yang lama.",
    ),
    progress=(
        "Saya bawa modem pengganti, sampai sekitar jam 14.", "WiFi sudah saya setel ulang dari jauh, mohon dicoba.",
        "Penguat sinyal saya pasang di lantai dua, sedang diuji.",
    ),
    notes=(
        "ONT generasi lama, ganti dengan dual band.", "Pelanggan minta mesh, tawarkan sewa penguat Rp35.000.",
        "Adaptor pengganti ambil di gudang cabang.",
    ),
    waits=(
        "Menunggu verifikasi data pelanggan.", "Menunggu pelanggan mencoba memindah modem.",
        "Menunggu stok ONT baru di cabang, pelanggan setuju.",
    ),
    resolutions=(
        "Modem diganti dengan yang dual band, semua perangkat tersambung.",
        "Kata sandi dan nama WiFi diganti setelah verifikasi, perangkat asing dikeluarkan.",
        "Adaptor diganti, modem menyala normal.", "Modem dipindah dan kanal diatur, sinyal di kamar belakang sudah tiga garis.",
        "Keamanan WiFi diubah ke WPA2, HP lama bisa masuk.",
        "Penguat sinyal dipasang, seluruh rumah terjangkau.",
    ),
    reopens=(
        "Sinyal di kamar kembali hilang.", "Modem barunya juga panas dan mati.", "Kata sandi yang diberikan tidak bisa dipakai.",
    ),
)

SITUS = Topic(
    field=False,
    subjects=(
        "Game online lag terus", "Tidak bisa buka situs kampus", "Streaming buffering padahal speedtest bagus",
        "Aplikasi bank tidak bisa dibuka", "Ping game tinggi tiap malam",
        "VPN kantor tidak tersambung", "Situs pemerintah tidak bisa diakses", "Email kantor tidak terkirim",
        "Kamera CCTV tidak bisa dilihat dari luar",
    ),
    details=(
        "Main game ping 180 ms {since}, biasanya 25 ms. Speedtest normal dan sudah pakai kabel LAN.",
        "Situs kampus untuk isi KRS tidak bisa dibuka dari WiFi rumah, tapi bisa dari data seluler.",
        "Film di layanan streaming selalu turun ke 480p padahal speedtest sesuai paket {plan}.",
        "VPN kantor tidak mau tersambung {since}. Dari jaringan lain lancar.",
        "Aplikasi bank bilang jaringan tidak aman bila memakai WiFi. Mohon dicek DNS-nya.",
        "CCTV toko tidak bisa dilihat dari HP di luar. Sebelumnya bisa, sepertinya IP-nya berubah.",
    ),
    answers=(
        "Terima kasih. Mohon kirim hasil traceroute atau tangkapan layar pesan kesalahannya supaya bisa kami teruskan ke tim jaringan.",
        "Kami cek rute ke tujuan itu memang memutar lewat luar negeri. Tim jaringan sedang mengalihkan rutenya.",
        "Mohon coba ganti DNS ke otomatis lalu restart perangkat, kami sudah memperbarui DNS dari pusat.",
    ),
    progress=(
        "Rute ke server game sudah dialihkan, mohon dicoba malam ini.", "Port untuk VPN sudah kami buka di ONT, silakan dicoba.",
    ),
    notes=(
        "Rute ke penyedia game lewat jalur luar, minta NOC alihkan.", "DNS lama masih tersimpan di ONT.",
        "Butuh IP publik, tawarkan tambahan IP statis.",
    ),
    waits=(
        "Menunggu hasil traceroute dari pelanggan.", "Menunggu tangkapan layar pesan kesalahan.",
        "Menunggu alamat server VPN dari pelanggan.",
    ),
    resolutions=(
        "Rute dialihkan oleh NOC, ping kembali 22 ms.", "DNS diperbarui, situs bisa dibuka.",
        "Port diteruskan di ONT dan IP statis diaktifkan, CCTV bisa dilihat dari luar.",
        "Masalah ada di server tujuan, sudah pulih dan dipastikan bersama pelanggan.", "MTU disetel 1492, VPN tersambung.",
    ),
    reopens=("Ping tinggi lagi malam ini.", "Situsnya kembali tidak bisa dibuka.", "VPN putus lagi setelah satu jam."),
)
